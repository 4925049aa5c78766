# Headers that most files include, compiled once: a sanitized build takes a fifth less, a release build
# a third. It hides an #include that is missing, and that a header which GCC warns of is the library's:
# scripts/test and scripts/soak build with it, scripts/demo and a plain cmake without.
option(DBKEEPER_PRECOMPILE "Compile common headers once" OFF)

# dbkeeper_precompiled(<name> HEADERS <headers> [FOLDERS <where they lie>] [LIBRARIES <what they take>])
#
# A header of the project's is named in quotes, below one of the folders: an absolute path would be
# other text in every checkout, and no compiler cache would serve two of them.
function(dbkeeper_precompiled name)
  if(NOT DBKEEPER_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(PRECOMPILED "" "" "HEADERS;FOLDERS;LIBRARIES" ${ARGN})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(GENERATE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT ${source})
  target_include_directories(${name} PRIVATE ${PRECOMPILED_FOLDERS})
  target_link_libraries(${name} PRIVATE ${PRECOMPILED_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${PRECOMPILED_HEADERS})
endfunction()

# dbkeeper_use_precompiled(<target> <name>)
function(dbkeeper_use_precompiled target name)
  if(DBKEEPER_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow
                             -Wno-stringop-overread)
    endif()
  endif()
endfunction()
