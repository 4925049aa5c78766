#include "engines/sqlite/descriptor_vfs.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

namespace dbkeeper::sqlite {
namespace {

constexpr const char* kName = "dbkeeper-descriptor";

struct DescriptorFile {
  sqlite3_file base;  // first: SQLite knows the file by it
  int descriptor;
  bool immutable;
};

DescriptorFile& self(sqlite3_file* file) { return *reinterpret_cast<DescriptorFile*>(file); }

int close(sqlite3_file*) { return SQLITE_OK; }

int file_size(sqlite3_file* file, sqlite3_int64* size);

// What lies beyond the end reads as zeros; nothing else does.
int read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 at) {
  char* to = static_cast<char*>(buffer);
  auto left = static_cast<std::size_t>(size);
  while (left > 0) {
    const ssize_t got = ::pread(self(file).descriptor, to, left, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SQLITE_IOERR_READ;
    if (got == 0) {
      sqlite3_int64 end = 0;
      if (file_size(file, &end) != SQLITE_OK || at < end) return SQLITE_IOERR_READ;
      std::memset(to, 0, left);
      return SQLITE_IOERR_SHORT_READ;
    }
    to += got;
    at += got;
    left -= static_cast<std::size_t>(got);
  }
  return SQLITE_OK;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const char* from = static_cast<const char*>(bytes);
  auto left = static_cast<std::size_t>(size);
  while (left > 0) {
    const ssize_t done = ::pwrite(self(file).descriptor, from, left, at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0)
      return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SQLITE_FULL
                                                                  : SQLITE_IOERR_WRITE;
    from += done;
    at += done;
    left -= static_cast<std::size_t>(done);
  }
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return ::ftruncate(self(file).descriptor, size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

// Nothing of it has to outlast a crash before it gets a name.
int sync(sqlite3_file*, int) { return SQLITE_OK; }

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  struct stat facts = {};
  if (::fstat(self(file).descriptor, &facts) != 0) return SQLITE_IOERR_FSTAT;
  *size = facts.st_size;
  return SQLITE_OK;
}

int lock(sqlite3_file*, int) { return SQLITE_OK; }

int check_reserved_lock(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }

int sector_size(sqlite3_file*) { return 4096; }

int characteristics(sqlite3_file* file) {
  return self(file).immutable ? SQLITE_IOCAP_IMMUTABLE : 0;
}

sqlite3_io_methods file_methods() {
  sqlite3_io_methods methods = {};
  methods.iVersion = 1;  // neither shared memory for a log nor memory maps
  methods.xClose = close;
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  methods.xFileSize = file_size;
  methods.xLock = lock;
  methods.xUnlock = lock;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = characteristics;
  return methods;
}

sqlite3_vfs& system_vfs() {
  static sqlite3_vfs& vfs = *sqlite3_vfs_find(nullptr);
  return vfs;
}

// All but the database itself, its journal for one, becomes a file of the system without a name.
int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
  static const sqlite3_io_methods kMethods = file_methods();
  file->pMethods = nullptr;
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
    constexpr int kKind = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB |
                          SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL;
    const int kind = (flags & kKind) != 0 ? flags & kKind : SQLITE_OPEN_TEMP_JOURNAL;
    return system_vfs().xOpen(&system_vfs(), nullptr, file,
                              kind | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                  SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_DELETEONCLOSE,
                              given);
  }
  const std::string_view text = name ? name : "";
  DescriptorFile& opened = self(file);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), opened.descriptor);
  if (error != std::errc() || end != text.data() + text.size()) return SQLITE_CANTOPEN;
  opened.immutable = (flags & SQLITE_OPEN_READONLY) != 0;
  opened.base.pMethods = &kMethods;
  if (given) *given = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char*, int) { return SQLITE_OK; }

// There is nothing beside a database without a name.
int look(sqlite3_vfs*, const char*, int, int* found) {
  *found = 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  const std::string_view text = name;
  if (text.size() >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return SQLITE_OK;
}

// Time, sleep and randomness are the system's.
sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs = system_vfs();
  vfs.pNext = nullptr;
  vfs.zName = kName;
  vfs.szOsFile = std::max(vfs.szOsFile, static_cast<int>(sizeof(DescriptorFile)));
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = look;
  vfs.xFullPathname = full_path;
  return vfs;
}

}  // namespace

const char* descriptor_vfs() {
  static sqlite3_vfs vfs = make_vfs();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? kName : nullptr;
}

std::string descriptor_name(int descriptor) { return std::to_string(descriptor); }

}  // namespace dbkeeper::sqlite
