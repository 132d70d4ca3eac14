# What the build needs; tools/debian-packages names Debian's packages.
macro(ridgeline_find)
  find_package(${ARGN} REQUIRED)
endmacro()
include(RidgelineLibraries)
