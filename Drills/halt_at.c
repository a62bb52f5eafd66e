/* Sends a signal to the process that it is preloaded into, as it connects to a port: a message is
   leased by then, and nothing of it has left the house.

   HALT_PORT      the port, the gateway's or the relay's
   HALT_SIGNAL    the number of the signal: SIGKILL, or SIGSTOP to go on later

   Only the first time. The process leaves one line in its standard error, which says so. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_flag is_done = ATOMIC_FLAG_INIT;

static int port_of(const struct sockaddr *address, socklen_t size) {
  if (address == NULL || size < sizeof(struct sockaddr_in)) return -1;
  /* The port is at one place in both families. */
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return -1;
  struct sockaddr_in copy;
  memcpy(&copy, address, sizeof copy);
  return ntohs(copy.sin_port);
}

int connect(int file, const struct sockaddr *address, socklen_t size) {
  const char *port = getenv("HALT_PORT"), *number = getenv("HALT_SIGNAL");
  if (port != NULL && number != NULL && port_of(address, size) == atoi(port) &&
      !atomic_flag_test_and_set(&is_done)) {
    dprintf(STDERR_FILENO, "\nhalted at connect\n");
    /* To this thread: it does not take another step, whatever the others are at. */
    raise(atoi(number));
  }
  return ORIGINAL(connect)(file, address, size);
}
