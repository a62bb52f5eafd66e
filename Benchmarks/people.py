"""Many people at once. Each is a process of its own, so that they wait for the server alone and not for
each other; what they cost is told, for they work on the same cores."""

import multiprocessing
import os
import queue
import sys
import time

from customers import Unexpected, Watch, register
from portal_client import Browser
from post_office import Counter


class Load:
    """What came of it: how many have registered, in how long, and what everybody's answers took."""

    def __init__(self):
        self.done = 0
        self.failures = []
        self.elapsed = 0.0
        self.people_cpu = 0.0
        self.seconds = {}
        self.whole = []

    @property
    def a_second(self):
        return self.done / self.elapsed


def registrations(servers, post, strangers, people=8, seconds=None, count=None):
    """So many people register one customer after the other, until the time is over or the count reached.

    Each stays with one instance.
    """
    left = multiprocessing.Value("q", count if count is not None else sys.maxsize)
    start = multiprocessing.Barrier(people + 1)
    results = multiprocessing.Queue()
    arguments = (post.counter_port, strangers, left, start, results, seconds)
    processes = [
        multiprocessing.Process(
            target=person, args=(servers[place % len(servers)].port, *arguments), daemon=True
        )
        for place in range(people)
    ]
    for process in processes:
        process.start()
    load = Load()
    start.wait(30)
    began = time.monotonic()
    for _ in processes:
        try:
            done, failures, cpu, watched, whole = results.get(timeout=(seconds or 300) + 120)
        except queue.Empty:
            raise RuntimeError("somebody never came to an end") from None
        load.done += done
        load.failures += failures
        load.people_cpu += cpu
        load.whole += whole
        for name, taken in watched.items():
            load.seconds.setdefault(name, []).extend(taken)
    load.elapsed = time.monotonic() - began
    for process in processes:
        process.join(10)
    return load


def person(port, counter_port, strangers, left, start, results, seconds):
    browser, counter, watch = Browser(port), Counter(counter_port), Watch()
    done, failures, whole = 0, [], []
    start.wait(30)
    spent = sum(os.times()[:2])
    end = time.monotonic() + seconds if seconds else None
    while end is None or time.monotonic() < end:
        with left.get_lock():
            left.value -= 1
            if left.value < 0:
                break
        began = time.perf_counter()
        try:
            register(browser, counter, strangers.next(), watch)
            done += 1
            whole.append(time.perf_counter() - began)
        except (Unexpected, OSError) as problem:
            failures.append(str(problem))
            try:
                browser.connect()
            except OSError:
                # The server is gone.
                break
            counter.close()
            counter = Counter(counter_port)
    spent = sum(os.times()[:2]) - spent
    browser.close()
    counter.close()
    results.put((done, failures, spent, watch.seconds, whole))
