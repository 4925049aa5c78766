# dbkeeper_layer(<name> USES <lower layers> [LIBRARIES <outside libraries>] [OBJECT])
#
# One layer of the house: a static library of every source in the calling folder (or in SOURCES)
# that may include only its own headers and those of the layers it names. Outside libraries are
# private: what a layer's public headers need is what the layers above it would see too.
function(dbkeeper_layer name)
  cmake_parse_arguments(LAYER "" "" "USES;LIBRARIES;SOURCES" ${ARGN})
  if(NOT LAYER_SOURCES)
    file(GLOB LAYER_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  add_library(dbkeeper_${name} STATIC ${LAYER_SOURCES})
  target_include_directories(dbkeeper_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                              PRIVATE ${PROJECT_SOURCE_DIR}/src)
  foreach(lower IN LISTS LAYER_USES)
    target_link_libraries(dbkeeper_${name} PUBLIC dbkeeper_${lower})
  endforeach()
  target_link_libraries(dbkeeper_${name} PRIVATE ${LAYER_LIBRARIES})
  dbkeeper_use_precompiled(dbkeeper_${name} dbkeeper_layers_precompiled)
endfunction()
