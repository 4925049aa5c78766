# Warnings, sanitizers and how the binary is linked.
find_program(CCACHE ccache)
if(CCACHE)
  # For files that use precompiled headers, and for checkouts in several places.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

# GCC 12 takes "literal" + std::string for overlapping memory (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-Wno-restrict)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")  # builds a tenth faster than with -O3
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
                    -Wno-missing-field-initializers)

if(DBKEEPER_SANITIZE)
  # Not to be loaded anywhere: the sanitizers' tables hold five million addresses, and adding to each
  # is a quarter of a start, of which the tests have thousands.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
                      -fno-pie)
  add_link_options(-fsanitize=address,undefined -no-pie)
else()
  # The binary travels: only libc, libpq and what has no static library in Debian stay dynamic.
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--as-needed)
endif()
