"""How long customers wait for the first page and for its answer while a register is imported."""

import itertools
import random
import statistics
import threading
import time

from portal_client import Browser

PEOPLE = 4


class People:
    """Some who look at the first page and send it, again and again, until they are told to go home.

    Each form is a claim that does not match, which looks a number up and writes.
    """

    def __init__(self, server):
        self._server = server
        self._home = threading.Event()
        self._found = [[] for _ in range(PEOPLE)]
        self._refused = []
        self._numbers = itertools.count(random.Random(1).randrange(10**6))
        self._threads = [
            threading.Thread(target=self._walk, args=(found,), daemon=True) for found in self._found
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._home.set()
        for thread in self._threads:
            thread.join()
        if self._refused:
            raise RuntimeError(f"claims that do not match are answered with {self._refused}")

    def _walk(self, found):
        browser = Browser(self._server.port)
        while not self._home.is_set():
            began = time.perf_counter()
            browser.get("/regisztracio")
            found.append(time.perf_counter() - began)
            number = next(self._numbers)
            began = time.perf_counter()
            answer = browser.post(
                "/regisztracio",
                kind="customer",
                customerNumber=f"{number % 10**7:07}",
                mobilePrefix="30",
                mobileNumber=f"{1000000 + number % 9000000}",
            )
            if answer.status != 422:
                # Told by whoever waits for all of them: what a thread raises ends nothing else.
                self._refused.append(answer.status)
            found.append(time.perf_counter() - began)
            # As fast as a person would be no load at all; without a rest it would be a load test.
            time.sleep(0.02)
        browser.close()

    def told(self):
        times = sorted(itertools.chain(*self._found))
        percent = statistics.quantiles(times, n=100)
        return (
            f"{len(times)} pages and forms of {PEOPLE} people: median {percent[49] * 1000:.1f} ms, "
            f"p99 {percent[98] * 1000:.1f} ms, the slowest {times[-1] * 1000:.0f} ms"
        )
