"""What a registration, a login and a page cost, part by part."""

import gzip
import re
import statistics

from customers import log_in, register
from people import registrations
from portal_client import Browser
from post_office import Counter

RUNS = 3
MANY = 8
SECONDS = 15
WARM_UP = 40
# With the dispatcher apart, and one person alone.
APART = 120
ALONE = 40
GETS = 200
LOGINS = 60


def median(values):
    return statistics.median(values)


class Account:
    """The CPU time of everybody who works, between two moments."""

    def __init__(self, installed, *servers):
        self._installed = installed
        self._servers = servers
        installed.wait_until_sent()
        self._before = self._now()

    def _now(self):
        one = self._servers[0]
        counts = self._installed.engine.counts_statements
        return {
            **{f"server {place}": each.cpu_seconds() for place, each in enumerate(self._servers)},
            "database": self._installed.engine.cpu_seconds(),
            "post": self._installed.post.cpu_seconds(),
            **(dict(zip(("statements", "round trips"), one.traffic())) if counts else {}),
        }

    def close(self, count):
        """Milliseconds of one of so many, their messages included, and the numbers of one."""
        self._installed.wait_until_sent()
        now = self._now()
        for name, value in now.items():
            factor = 1 if name in ("statements", "round trips") else 1000
            now[name] = factor * (value - self._before[name]) / count
        now["server"] = sum(each for name, each in now.items() if name.startswith("server "))
        return now


def many_at_once(installed, servers, seconds=SECONDS):
    """One run; what each registration cost, beside two hashes as they were measured before it."""
    hashes_a_second, hash_ms = installed.hashing()
    account = Account(installed, *servers)
    load = registrations(servers, installed.post, installed.strangers, MANY, seconds)
    cost = account.close(load.done)
    cost["a second"] = load.a_second
    cost["failed"] = len(load.failures)
    cost["failures"] = load.failures[:3]
    cost["hash"] = hash_ms
    cost["hashes a second"] = hashes_a_second
    cost["beside hashes"] = cost["server"] + cost["database"] - 2 * hash_ms
    cost["people"] = 1000 * load.people_cpu / load.done
    cost["whole"] = 1000 * median(load.whole)
    cost["whole, 95 of 100"] = 1000 * quantile(load.whole, 0.95)
    cost["seconds"] = {name: 1000 * median(taken) for name, taken in load.seconds.items()}
    return cost


def one_alone(installed, server):
    """One person at a time: what is not computed by anybody is waited for."""
    account = Account(installed, server)
    load = registrations([server], installed.post, installed.strangers, 1, count=ALONE)
    cost = account.close(load.done)
    cost["whole"] = 1000 * median(load.whole)
    cost["people"] = 1000 * load.people_cpu / load.done
    cost["waiting"] = max(
        0.0, cost["whole"] - cost["server"] - cost["database"] - cost["post"] - cost["people"]
    )
    return cost


def messages_apart(installed):
    """With a dispatcher of its own: what sending costs, in its process."""
    apart = {"BELEPO_MESSAGES_DISPATCHER": "separate"}
    server, dispatcher = installed.serve(**apart), installed.dispatch(**apart)
    try:
        registrations([server], installed.post, installed.strangers, MANY, count=WARM_UP)
        found = []
        for _ in range(RUNS):
            account = Account(installed, server, dispatcher)
            load = registrations([server], installed.post, installed.strangers, MANY, count=APART)
            found.append(account.close(load.done))
        return {name: median(each[name] for each in found) for name in found[0]}
    finally:
        installed.stop(dispatcher, server)


def pages(installed, server):
    """What the GET of each page of a registration costs, in the middle of one."""
    found = {}
    browser, counter = Browser(server.port), Counter(installed.post.counter_port)

    def again_and_again(path):
        account = Account(installed, server)
        for _ in range(GETS):
            page = browser.get(path)
        found.setdefault(path, []).append(account.close(GETS) | {"bytes": len(page.body)})

    for _ in range(RUNS + 1):
        register(browser, counter, installed.strangers.next(), at_page=again_and_again)
    browser.close()
    counter.close()
    # The first run warms up.
    return {
        path: {name: median(each[name] for each in runs[1:]) for name in runs[0]}
        for path, runs in found.items()
    }


def logins(installed, server, is_known):
    """GET and POST of the login, of people who have registered; in a browser that the account was used
    with before, or in a new one, of which the owner is told by a letter."""
    people = []
    counter = Counter(installed.post.counter_port)
    # Everybody logs in once a run: an account has five sessions at most.
    for _ in range(LOGINS):
        browser, customer = Browser(server.port), installed.strangers.next()
        register(browser, counter, customer)
        people.append((browser, customer))
    counter.close()
    found = []
    for _ in range(RUNS):
        account = Account(installed, server)
        for browser, customer in people:
            if not is_known:
                browser.cookies.clear()
            browser.connect()
            log_in(browser, customer)
        found.append(account.close(LOGINS))
    for browser, _ in people:
        browser.close()
    return {name: median(each[name] for each in found) for name in found[0]}


def first_page_kb(server):
    """The first page and all that it refers to, as a proxy compresses them."""
    browser = Browser(server.port)
    page = browser.get("/")
    addresses = set(re.findall(rb'(?:href|src)="(/assets/[^"]+)"', page.body))
    bodies = [page.body] + [browser.get(address.decode()).body for address in addresses]
    browser.close()
    return sum(len(gzip.compress(body)) for body in bodies) / 1000


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
