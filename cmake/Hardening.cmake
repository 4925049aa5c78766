# DBKEEPER_HARDENED_COMPILE, DBKEEPER_HARDENED_LINK: it reads files of strangers with the rights of an
# administrator, and these make of a fault an end of the program rather than somebody's code in it.
# Empty in a sanitized build, which has its own.
if(DBKEEPER_SANITIZE)
  return()
endif()
include(CheckCXXCompilerFlag)

set(DBKEEPER_HARDENED_COMPILE -fPIE -fstack-protector-strong)
set(DBKEEPER_HARDENED_LINK -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

# What compilers have on some processors alone: calls and jumps that lead to marked places only, and a
# stack that can't leap over its guard page.
foreach(flag -fcf-protection=full -fstack-clash-protection -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER DBKEEPER_HAS${flag} has)
  check_cxx_compiler_flag(${flag} ${has})
  if(${has})
    list(APPEND DBKEEPER_HARDENED_COMPILE ${flag})
  endif()
endforeach()

# The third level wants a compiler that knows an object's size at run time; any level wants -O.
set(fortify 2)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU OR CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12)
  set(fortify 3)
endif()
foreach(flag -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${fortify})
  list(APPEND DBKEEPER_HARDENED_COMPILE $<$<NOT:$<CONFIG:Debug>>:${flag}>)
endforeach()
