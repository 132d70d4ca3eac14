# Makes ridgeline/version.hpp when configuring. Each build looks up the commit, and writes it only
# if it has changed: one small source depends on it.
set(RIDGELINE_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
configure_file(${PROJECT_SOURCE_DIR}/include/ridgeline/version.hpp.in
               ${RIDGELINE_GENERATED_DIR}/ridgeline/version.hpp @ONLY)

find_package(Git QUIET)
add_custom_target(ridgeline_commit
  BYPRODUCTS ${RIDGELINE_GENERATED_DIR}/ridgeline_commit.hpp
  COMMAND ${CMAKE_COMMAND} -DGIT=${GIT_EXECUTABLE} -DSOURCE=${PROJECT_SOURCE_DIR}
          -DOUTPUT=${RIDGELINE_GENERATED_DIR}/ridgeline_commit.hpp
          -P ${CMAKE_CURRENT_LIST_DIR}/WriteCommit.cmake
  COMMENT "Looking up the commit"
  VERBATIM)
