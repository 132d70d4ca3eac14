# The library, its headers, the program, and what find_package and pkg-config read.
include(CMakePackageConfigHelpers)
set(RIDGELINE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ridgeline)

install(TARGETS ridgeline EXPORT ridgelineTargets)
install(DIRECTORY include/ridgeline TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(FILES ${RIDGELINE_GENERATED_DIR}/ridgeline/version.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ridgeline)
install(EXPORT ridgelineTargets NAMESPACE ridgeline:: DESTINATION ${RIDGELINE_CMAKE_DIR})

if(BUILD_SHARED_LIBS)
  set(BUILD_SHARED_LIBS ON)
else()
  set(BUILD_SHARED_LIBS OFF)
endif()
configure_package_config_file(cmake/ridgelineConfig.cmake.in ridgelineConfig.cmake
  INSTALL_DESTINATION ${RIDGELINE_CMAKE_DIR})
# Before 1.0, a minor version may break programs that were built for the previous one.
write_basic_package_version_file(ridgelineConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ridgelineConfig.cmake
              ${PROJECT_BINARY_DIR}/ridgelineConfigVersion.cmake
              cmake/RidgelineLibraries.cmake
        DESTINATION ${RIDGELINE_CMAKE_DIR})

set(RIDGELINE_PC_LIBS "")
set(RIDGELINE_PC_REQUIRES "")
if(NOT BUILD_SHARED_LIBS)
  set(RIDGELINE_PC_LIBS " -ldnnl ${OpenMP_CXX_FLAGS} -pthread")
  set(RIDGELINE_PC_REQUIRES " zlib libcurl libcrypto libarchive libpng libjpeg libtiff-4 libwebp sqlite3 fmt")
  string(APPEND RIDGELINE_PC_REQUIRES " tomlplusplus libhwy")
endif()
# Relative to this file, so that the whole installation can be moved.
file(RELATIVE_PATH RIDGELINE_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" RIDGELINE_PC_PREFIX ${RIDGELINE_PC_PREFIX})
configure_file(cmake/ridgeline.pc.in ridgeline.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ridgeline.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET ridgeline_cli)
  install(TARGETS ridgeline_cli)
endif()
install(FILES LICENSE README.md TYPE DOC)
