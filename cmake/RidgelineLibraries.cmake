# The libraries that libridgeline stands on: read by the build and, installed, by
# find_package(ridgeline). The includer defines ridgeline_find(NAME ...), so that a missing one
# ends the build but only leaves an application's optional package unfound.
ridgeline_find(Threads)
ridgeline_find(ZLIB)
ridgeline_find(CURL)
ridgeline_find(OpenSSL)
ridgeline_find(LibArchive)
ridgeline_find(PNG)
ridgeline_find(JPEG)
ridgeline_find(TIFF)
ridgeline_find(SQLite3)
ridgeline_find(fmt)
ridgeline_find(nlohmann_json)
ridgeline_find(tomlplusplus)
ridgeline_find(hwy)
ridgeline_find(dnnl)

# Not every libwebp brings a package for CMake.
ridgeline_find(PkgConfig)
pkg_check_modules(WEBP IMPORTED_TARGET libwebp)
if(NOT TARGET PkgConfig::WEBP)
  ridgeline_find(libwebp)  # says that it is missing
endif()

# oneDNN is built on one of several runtimes. With OpenMP the engine asks for one thread per
# primitive and brings its own, for which it needs the same runtime.
set(RIDGELINE_ONEDNN DNNL::dnnl)
if(DNNL_CPU_THREADING_RUNTIME STREQUAL "OMP")
  ridgeline_find(OpenMP COMPONENTS CXX)
  list(APPEND RIDGELINE_ONEDNN OpenMP::OpenMP_CXX)
endif()
