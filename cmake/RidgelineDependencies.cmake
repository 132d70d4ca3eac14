# The libraries the project stands on; README.md lists Debian's packages.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(dnnl REQUIRED)
find_package(hwy REQUIRED)

# oneDNN, with the OpenMP runtime that its CPU engine was built on: the engine asks it
# for one thread per primitive and brings its own threads.
find_package(OpenMP REQUIRED COMPONENTS CXX)
add_library(ridgeline_onednn INTERFACE)
target_link_libraries(ridgeline_onednn INTERFACE DNNL::dnnl OpenMP::OpenMP_CXX)

add_library(ridgeline_tomlplusplus INTERFACE)
target_link_libraries(ridgeline_tomlplusplus INTERFACE tomlplusplus::tomlplusplus)
