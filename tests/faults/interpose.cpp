// Makes one call of the C library fail, as a full disk, a dying one or a machine without memory
// would: loaded into dbkeeper by LD_PRELOAD, and asleep in every program that dbkeeper starts.
//
//   DBKEEPER_FAULT=write:7         the seventh write fails
//   DBKEEPER_FAULT=write:7+        and so does every one after it
//   DBKEEPER_FAULT=kill:7          the process is killed at the seventh call that changes a file
//   DBKEEPER_FAULT_COUNTS=FILE     one line a kind at the end: its name and how often it was called
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>

namespace {

enum Kind {
  kWrite,
  kShort,
  kSync,
  kRename,
  kOpen,
  kRead,
  kEnd,
  kUnlink,
  kTruncate,
  kMemory,
  kMap,
  kThread,
  kSpawn,
  kLock,
  kSend,
  kReceive,
  kKill,
  kKinds
};

constexpr const char* kNames[kKinds] = {"write", "short",  "sync",     "rename",  "open", "read",
                                        "end",   "unlink", "truncate", "memory",  "map",  "thread",
                                        "spawn", "lock",   "send",     "receive", "kill"};

std::atomic<long> calls[kKinds];
std::atomic<bool> awake{false};
int wanted = kKinds;
long wanted_call = 0;
bool for_good = false;

bool reached(Kind kind) {
  if (!awake.load(std::memory_order_relaxed)) return false;
  const long call = ++calls[kind];
  return kind == wanted && (for_good ? call >= wanted_call : call == wanted_call);
}

// Called before what changes a file or a database: a moment to be killed in.
void change() {
  if (reached(kKill)) ::kill(::getpid(), SIGKILL);
}

bool fails(Kind kind, int error) {
  if (!reached(kind)) return false;
  errno = error;
  return true;
}

// A connection that is lost in one direction is lost in the other.
ssize_t cut(int fd) {
  ::shutdown(fd, SHUT_RDWR);
  errno = ECONNRESET;
  return -1;
}

void wake() {
  const char* given = ::getenv("DBKEEPER_FAULT");
  if (given) {
    const char* colon = ::strchr(given, ':');
    for (int kind = 0; colon && kind < kKinds; ++kind)
      if (::strncmp(given, kNames[kind], static_cast<size_t>(colon - given)) == 0 &&
          ::strlen(kNames[kind]) == static_cast<size_t>(colon - given))
        wanted = kind;
    if (colon) wanted_call = ::atol(colon + 1);
    for_good = given[::strlen(given) - 1] == '+';
  }
  awake = true;
}

__attribute__((constructor)) void begin() {
  if (::strcmp(program_invocation_short_name, "dbkeeper") == 0) wake();
}

__attribute__((destructor)) void end() {
  if (!awake.exchange(false)) return;
  const char* path = ::getenv("DBKEEPER_FAULT_COUNTS");
  FILE* file = path ? ::fopen(path, "w") : nullptr;
  if (!file) return;
  for (int kind = 0; kind < kKinds; ++kind)
    ::fprintf(file, "%s %ld\n", kNames[kind], calls[kind].load());
  ::fclose(file);
}

}  // namespace

// REAL(name): the C library's own function, looked up once.
#define REAL(name) \
  static auto* const real_##name = reinterpret_cast<decltype(&::name)>(::dlsym(RTLD_NEXT, #name))

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  REAL(write);
  change();
  if (fails(kWrite, ENOSPC)) return -1;
  return real_write(fd, bytes, size > 1 && reached(kShort) ? size / 2 : size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  REAL(writev);
  change();
  return fails(kWrite, ENOSPC) ? -1 : real_writev(fd, parts, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  REAL(pwrite);
  change();
  if (fails(kWrite, ENOSPC)) return -1;
  return real_pwrite(fd, bytes, size > 1 && reached(kShort) ? size / 2 : size, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  return pwrite(fd, bytes, size, at);
}

ssize_t read(int fd, void* bytes, size_t size) {
  REAL(read);
  if (fails(kRead, EIO)) return -1;
  return reached(kEnd) ? 0 : real_read(fd, bytes, size);
}

ssize_t pread(int fd, void* bytes, size_t size, off_t at) {
  REAL(pread);
  if (fails(kRead, EIO)) return -1;
  return reached(kEnd) ? 0 : real_pread(fd, bytes, size, at);
}

ssize_t pread64(int fd, void* bytes, size_t size, off64_t at) { return pread(fd, bytes, size, at); }

int fsync(int fd) {
  REAL(fsync);
  change();
  return fails(kSync, EIO) ? -1 : real_fsync(fd);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  change();
  return fails(kSync, EIO) ? -1 : real_fdatasync(fd);
}

int rename(const char* from, const char* to) {
  REAL(rename);
  change();
  return fails(kRename, EIO) ? -1 : real_rename(from, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  REAL(renameat2);
  change();
  return fails(kRename, EIO) ? -1 : real_renameat2(from_folder, from, to_folder, to, flags);
}

int link(const char* from, const char* to) {
  REAL(link);
  change();
  return fails(kRename, EIO) ? -1 : real_link(from, to);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  REAL(linkat);
  change();
  return fails(kRename, EIO) ? -1 : real_linkat(from_folder, from, to_folder, to, flags);
}

int open(const char* path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if ((flags & O_ACCMODE) != O_RDONLY) change();
  return fails(kOpen, EMFILE) ? -1 : real_open(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path, flags, mode);
}

int unlink(const char* path) {
  REAL(unlink);
  change();
  return fails(kUnlink, EIO) ? -1 : real_unlink(path);
}

int unlinkat(int folder, const char* path, int flags) {
  REAL(unlinkat);
  change();
  return fails(kUnlink, EIO) ? -1 : real_unlinkat(folder, path, flags);
}

int ftruncate(int fd, off_t size) {
  REAL(ftruncate);
  change();
  return fails(kTruncate, EIO) ? -1 : real_ftruncate(fd, size);
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int flock(int fd, int operation) {
  REAL(flock);
  return fails(kLock, ENOLCK) ? -1 : real_flock(fd, operation);
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  REAL(send);
  change();
  return fails(kSend, ECONNRESET) ? cut(fd) : real_send(fd, bytes, size, flags);
}

ssize_t recv(int fd, void* bytes, size_t size, int flags) {
  REAL(recv);
  return fails(kReceive, ECONNRESET) ? cut(fd) : real_recv(fd, bytes, size, flags);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) {
  REAL(pthread_create);
  if (reached(kThread)) return EAGAIN;
  return real_pthread_create(thread, attributes, run, argument);
}

int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const words[], char* const variables[]) {
  REAL(posix_spawn);
  if (reached(kSpawn)) return EAGAIN;
  return real_posix_spawn(pid, path, actions, attributes, words, variables);
}

int posix_spawnp(pid_t* pid, const char* name, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const words[],
                 char* const variables[]) {
  REAL(posix_spawnp);
  if (reached(kSpawn)) return EAGAIN;
  return real_posix_spawnp(pid, name, actions, attributes, words, variables);
}

void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t at) {
  REAL(mmap);
  if (fd >= 0 && fails(kMap, ENOMEM)) return MAP_FAILED;
  return real_mmap(address, size, protection, flags, fd, at);
}

void* mmap64(void* address, size_t size, int protection, int flags, int fd, off64_t at) {
  return mmap(address, size, protection, flags, fd, at);
}

// What a program that was built with _FORTIFY_SOURCE calls in their place.
ssize_t __read_chk(int fd, void* bytes, size_t size, size_t) { return read(fd, bytes, size); }

ssize_t __pread_chk(int fd, void* bytes, size_t size, off_t at, size_t) {
  return pread(fd, bytes, size, at);
}

ssize_t __pread64_chk(int fd, void* bytes, size_t size, off64_t at, size_t) {
  return pread(fd, bytes, size, at);
}

ssize_t __recv_chk(int fd, void* bytes, size_t size, size_t, int flags) {
  return recv(fd, bytes, size, flags);
}

int __open_2(const char* path, int flags) { return open(path, flags); }

int __open64_2(const char* path, int flags) { return open(path, flags); }

// dlsym() itself asks for memory: glibc's own names for these need no looking up.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);

void* malloc(size_t size) { return fails(kMemory, ENOMEM) ? nullptr : __libc_malloc(size); }

void* calloc(size_t count, size_t size) {
  return fails(kMemory, ENOMEM) ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) {
  return fails(kMemory, ENOMEM) ? nullptr : __libc_realloc(old, size);
}

}  // extern "C"
