/* Kills the process that it is preloaded into, at a named point of its work with SQLite.

   KILL_AT          the point, one of the table below
   KILL_AT_CALL     at its how-manieth call, from 1

   A point is a call into the C library, so that the program under test knows nothing of this. The
   dead process leaves one line in its standard error, which says where it died. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long calls;

/* Whether this call of the point is the one to die at. */
static int is_due(const char *point) {
  const char *wanted = getenv("KILL_AT"), *call = getenv("KILL_AT_CALL");
  if (wanted == NULL || call == NULL || strcmp(wanted, point) != 0) return 0;
  return atomic_fetch_add(&calls, 1) + 1 == atol(call);
}

static void die(const char *point) {
  dprintf(STDERR_FILENO, "\nkilled at %s\n", point);
  kill(getpid(), SIGKILL);
  pause();
}

static int ends_with(int file, const char *ending) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  size_t wanted = strlen(ending);
  if (length < (ssize_t)wanted) return 0;
  path[length] = 0;
  return strcmp(path + length - wanted, ending) == 0;
}

static int is_connection(int file) {
  int domain = 0;
  socklen_t size = sizeof domain;
  return getsockopt(file, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
         (domain == AF_INET || domain == AF_INET6);
}

/* The names are those of the points, in the order in which a registration passes them. */

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) {
  if (ends_with(file, ".sqlite-wal")) {
    if (is_due("before-log")) die("before-log");
    if (is_due("half-logged")) {
      ORIGINAL(pwrite64)(file, bytes, count / 2, offset);
      die("half-logged");
    }
  } else if (ends_with(file, ".sqlite") && is_due("half-checkpointed")) {
    ORIGINAL(pwrite64)(file, bytes, count / 2, offset);
    die("half-checkpointed");
  }
  return ORIGINAL(pwrite64)(file, bytes, count, offset);
}

int fdatasync(int file) {
  int is_log = ends_with(file, ".sqlite-wal");
  if (is_log && is_due("before-sync")) die("before-sync");
  int result = ORIGINAL(fdatasync)(file);
  if (is_log && is_due("committed")) die("committed");
  return result;
}

static void die_in_answer(int file, const void *bytes, size_t count) {
  if (is_connection(file) && is_due("half-answered")) {
    ORIGINAL(write)(file, bytes, count / 2);
    die("half-answered");
  }
}

ssize_t write(int file, const void *bytes, size_t count) {
  die_in_answer(file, bytes, count);
  return ORIGINAL(write)(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  if (count > 0) die_in_answer(file, parts[0].iov_base, parts[0].iov_len);
  return ORIGINAL(writev)(file, parts, count);
}
