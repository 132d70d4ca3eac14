# A room is a folder of src/, built as a static library of its own, so that its tests link only that
# room and those below it. A room has an include folder of its own in the build folder, with links
# to its files and to its public headers. So a source does not compile if it includes a file of a
# room that its own room does not use. ridgeline_library() joins the rooms into the one library
# that applications use.
set(RIDGELINE_ROOMS "")

# The include folder of a room, with its own files and the public headers that it gives.
function(ridgeline_room_includes target name)
  set(includes ${PROJECT_BINARY_DIR}/rooms/${name})
  file(REMOVE_RECURSE ${includes})
  file(MAKE_DIRECTORY ${includes}/ridgeline)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/${name} ${includes}/${name} SYMBOLIC)
  foreach(header ${ARGN})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/include/ridgeline/${header}.hpp
                     ${includes}/ridgeline/${header}.hpp SYMBOLIC)
  endforeach()
  target_include_directories(${target} PUBLIC ${includes})
endfunction()

# ridgeline_room(NAME [USES room...] [GIVES public-header...] [WITH library...])
# A public header belongs to the lowest room that reads it.
function(ridgeline_room name)
  cmake_parse_arguments(ROOM "" "" "USES;GIVES;WITH" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  set(target ridgeline_${name})
  add_library(${target} STATIC ${sources})
  ridgeline_room_includes(${target} ${name} ${ROOM_GIVES})
  target_include_directories(${target} PUBLIC ${RIDGELINE_GENERATED_DIR})
  add_dependencies(${target} ridgeline_commit)
  target_link_libraries(${target} PUBLIC ridgeline_compiler Threads::Threads fmt::fmt)
  foreach(room ${ROOM_USES})
    target_link_libraries(${target} PUBLIC ridgeline_${room})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_WITH})
  set(RIDGELINE_ROOMS ${RIDGELINE_ROOMS} ${target} PARENT_SCOPE)
  set(RIDGELINE_ROOM_LIBRARIES ${RIDGELINE_ROOM_LIBRARIES} ${ROOM_WITH} PARENT_SCOPE)
endfunction()

function(ridgeline_library)
  set(objects "")
  foreach(room ${RIDGELINE_ROOMS})
    list(APPEND objects $<TARGET_OBJECTS:${room}>)
  endforeach()
  add_library(ridgeline ${objects})
  add_library(ridgeline::ridgeline ALIAS ridgeline)
  set_target_properties(ridgeline PROPERTIES
    LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_compile_features(ridgeline PUBLIC cxx_std_20)
  target_include_directories(ridgeline PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${RIDGELINE_GENERATED_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  list(REMOVE_DUPLICATES RIDGELINE_ROOM_LIBRARIES)
  target_link_libraries(ridgeline PRIVATE
    $<BUILD_INTERFACE:ridgeline_compiler> Threads::Threads fmt::fmt ${RIDGELINE_ROOM_LIBRARIES})
endfunction()
