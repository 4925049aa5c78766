// How SQLite opens a database that has no name: by the number of an open descriptor. Its own way of
// opening files needs a name, and follows no link of /proc/self/fd.
#pragma once

#include <string>

namespace dbkeeper::sqlite {

// The name of the virtual file system (https://www.sqlite.org/vfs.html) to give to
// sqlite3_open_v2(); registered at the first call. Its databases have no locks and no log, since
// nobody else can open them; one that is opened read-only counts as immutable. Connections may be
// used side by side. Their journals are temporary files.
const char* descriptor_vfs();

// The database's name there. The descriptor stays open as long as the connection.
std::string descriptor_name(int descriptor);

}  // namespace dbkeeper::sqlite
