// Preloaded into a program: no thread can be started any more once the file that
// DBKEEPER_NO_THREADS names is there, as under a limit on processes.
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  const char* const mark = getenv("DBKEEPER_NO_THREADS");
  if (mark && access(mark, F_OK) == 0) return EAGAIN;
  static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  return create(thread, attributes, start, argument);
}
