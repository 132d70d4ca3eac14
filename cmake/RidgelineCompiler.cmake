# Compiler settings that every target of the project shares.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(RIDGELINE_CCACHE ccache)
if(RIDGELINE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${RIDGELINE_CCACHE})
endif()

add_library(ridgeline_compiler INTERFACE)
target_compile_options(ridgeline_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -Wnon-virtual-dtor -Woverloaded-virtual
  -fno-math-errno
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms of GCC 12 about std::string
  $<$<BOOL:${RIDGELINE_WERROR}>:-Werror>)
if(RIDGELINE_SANITIZE)
  target_compile_options(ridgeline_compiler INTERFACE
    -fsanitize=${RIDGELINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    -O1 -g1)  # -O2 takes twice as long to compile here
  target_link_options(ridgeline_compiler INTERFACE -fsanitize=${RIDGELINE_SANITIZE})
endif()
