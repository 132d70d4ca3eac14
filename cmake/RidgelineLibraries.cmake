# The libraries that libridgeline needs. The build reads this file, and so does
# find_package(ridgeline) after an installation. The includer defines ridgeline_find(NAME ...): a
# missing library ends the build, but only makes an application's optional package not found.
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

# Not every libwebp has a package for CMake.
ridgeline_find(PkgConfig)
pkg_check_modules(WEBP IMPORTED_TARGET libwebp)
if(NOT TARGET PkgConfig::WEBP)
  ridgeline_find(libwebp)  # reports that it is missing
endif()

# oneDNN is built for one of several runtimes. With OpenMP, the engine limits each primitive to one
# thread and uses its own threads. For that limit it needs the same runtime.
set(RIDGELINE_ONEDNN DNNL::dnnl)
if(DNNL_CPU_THREADING_RUNTIME STREQUAL "OMP")
  ridgeline_find(OpenMP COMPONENTS CXX)
  list(APPEND RIDGELINE_ONEDNN OpenMP::OpenMP_CXX)
endif()
