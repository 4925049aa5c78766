# Every library the project uses, as an imported target. Static where Debian ships an archive,
# so that the binary starts fast and runs on a machine that has only libpq and OpenSSL.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)

# dbkeeper_static_library(<target> <pkg-config module> <archive>): the archive if it is installed,
# else the shared library that pkg-config names.
function(dbkeeper_static_library target module archive)
  pkg_check_modules(${target} REQUIRED IMPORTED_TARGET ${module})
  find_library(${target}_archive ${archive} HINTS ${${target}_LIBRARY_DIRS})
  if(${target}_archive AND NOT DBKEEPER_SANITIZE)
    add_library(dep_${target} INTERFACE)
    target_include_directories(dep_${target} SYSTEM INTERFACE ${${target}_INCLUDE_DIRS})
    target_link_libraries(dep_${target} INTERFACE ${${target}_archive})
  else()
    add_library(dep_${target} ALIAS PkgConfig::${target})
  endif()
endfunction()

dbkeeper_static_library(pqxx libpqxx libpqxx.a)

# SQLite's releases write some numbers differently as text, and have other functions: whoever needs
# the release that an application has builds with its amalgamation.
set(DBKEEPER_SQLITE_AMALGAMATION "" CACHE PATH "A folder with sqlite3.c and sqlite3.h to build with")
if(DBKEEPER_SQLITE_AMALGAMATION)
  enable_language(C)
  add_library(dep_sqlite STATIC ${DBKEEPER_SQLITE_AMALGAMATION}/sqlite3.c)
  target_include_directories(dep_sqlite SYSTEM PUBLIC ${DBKEEPER_SQLITE_AMALGAMATION})
  # What Debian's library has, as far as dbkeeper or a schema may ask for it.
  target_compile_definitions(
    dep_sqlite
    PRIVATE SQLITE_THREADSAFE=1 SQLITE_ENABLE_COLUMN_METADATA SQLITE_ENABLE_DBSTAT_VTAB
            SQLITE_ENABLE_FTS3 SQLITE_ENABLE_FTS3_PARENTHESIS SQLITE_ENABLE_FTS3_TOKENIZER
            SQLITE_ENABLE_FTS4 SQLITE_ENABLE_FTS5 SQLITE_ENABLE_RTREE SQLITE_ENABLE_GEOPOLY
            SQLITE_ENABLE_MATH_FUNCTIONS SQLITE_SOUNDEX SQLITE_LIKE_DOESNT_MATCH_BLOBS
            SQLITE_SECURE_DELETE)
  target_compile_options(dep_sqlite PRIVATE -w ${DBKEEPER_HARDENED_COMPILE})
  target_link_libraries(dep_sqlite PUBLIC Threads::Threads ${CMAKE_DL_LIBS} m)
else()
  dbkeeper_static_library(sqlite sqlite3 libsqlite3.a)
endif()
dbkeeper_static_library(zstd libzstd libzstd.a)

# fmt 9 is compiled once, in src/base; another version is used header-only, which only builds slower.
add_library(dep_fmt INTERFACE)
target_include_directories(
  dep_fmt SYSTEM INTERFACE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
set(DBKEEPER_COMPILES_FMT OFF)
if(fmt_VERSION VERSION_GREATER_EQUAL 9 AND fmt_VERSION VERSION_LESS 10)
  set(DBKEEPER_COMPILES_FMT ON)
else()
  target_compile_definitions(dep_fmt INTERFACE FMT_HEADER_ONLY)
endif()

# spdlog's own target would bring the shared fmt along.
add_library(dep_spdlog INTERFACE)
target_include_directories(
  dep_spdlog SYSTEM
  INTERFACE $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_definitions(dep_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(dep_spdlog INTERFACE dep_fmt Threads::Threads)

find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
