"""What an honest customer notices while thousands of clients drip, idle or read nothing.

    python3 Benchmarks/slow_clients.py        against .build/release/belepo, or BELEPO_PROGRAM
"""

import http.client
import signal
import statistics
import sys
import threading
import time
import urllib.request

# The folder that they share with the drills is found by the first of them.
from installation import installation
from slow_crowd import DRIPPING_FORM, SlowCrowd

TEN_ADDRESSES = [f"127.0.0.{number}" for number in range(2, 12)]
DRIPPING = 2_000
IDLE = 10_000
# How long each crowd is watched.
SECONDS = 15
# What is promised (docs/rules.md): form pages, /readyz, and the time until all are gone.
FORM_SECONDS, READY_SECONDS, GONE_SECONDS = 0.2, 0.1, 35


class Watch:
    """Asks for a page again and again on a connection of its own each time, as customers come."""

    def __init__(self, port, path):
        self.port, self.path = port, path
        self.seconds, self.failures = [], 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._is_over.is_set():
            start = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", self.path)
                answer = connection.getresponse()
                answer.read()
                self.failures += answer.status != 200
            except (OSError, http.client.HTTPException):
                self.failures += 1
            finally:
                connection.close()
            self.seconds.append(time.monotonic() - start)
            self._is_over.wait(0.02)

    def end(self):
        self._is_over.set()
        self._thread.join()

    @property
    def p99(self):
        return statistics.quantiles(self.seconds, n=100)[98]


def watch(server, seconds=SECONDS):
    """What an honest customer and a monitor notice for so long."""
    watches = [Watch(server.port, "/regisztracio"), Watch(int(server.management), "/readyz")]
    time.sleep(seconds)
    for each in watches:
        each.end()
    return watches


def open_connections(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.management}/metrics") as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("belepo_connections "):
                return int(float(line.split()[1]))
    raise RuntimeError("no belepo_connections")


def say(what, server, base, watches):
    form, ready = watches
    print(
        f"{what}: form page p99 {form.p99 * 1000:.0f} ms (at most {FORM_SECONDS * 1000:.0f}), "
        f"/readyz p99 {ready.p99 * 1000:.0f} ms (at most {READY_SECONDS * 1000:.0f}), "
        f"{form.failures} of {len(form.seconds)} and {ready.failures} of {len(ready.seconds)} failed, "
        f"memory {server.memory_mb():.0f} MB, before {base:.0f} MB, "
        f"{open_connections(server)} connections open",
        flush=True,
    )


def main():
    with installation() as installed:
        installed.import_register(100)
        server = installed.serve()
        quiet = watch(server, 5)
        base = server.memory_mb()
        say("nobody else", server, base, quiet)
        here = ("127.0.0.1", server.port)
        with SlowCrowd(here, DRIPPING, TEN_ADDRESSES, DRIPPING_FORM) as crowd:
            last = time.monotonic()
            say(f"{crowd.size} dripping", server, base, watch(server))
            while crowd.size and time.monotonic() - last < 120:
                time.sleep(0.1)
            print(
                f"{crowd.size} of them are left {time.monotonic() - last:.0f} s after the last came "
                f"(none after {GONE_SECONDS})",
                flush=True,
            )
        with SlowCrowd(here, IDLE, TEN_ADDRESSES) as crowd:
            say(f"{IDLE} idle, {crowd.size} of them kept", server, base, watch(server))
        with SlowCrowd(here, IDLE, ["127.0.0.1"]) as crowd:
            say(f"{IDLE} idle from one address", server, base, watch(server))


if __name__ == "__main__":
    # Who ends the bench ends the servers that it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
