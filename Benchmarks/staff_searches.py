"""How long an agent waits for each kind of search, with a whole register behind the box.

A search is what the agent waits for: the form, its row in the audit trail, and the page of hits.
"""

import base64
import csv
import hashlib
import hmac
import itertools
import re
import statistics
import struct
import time

from installation import run
from portal_client import Browser
from processes import free_port

SEARCHES = 300
# Cases are asked for one by one, by another program on PostgreSQL.
CASES = 30
MILLISECONDS_PROMISED = 50
PASSWORD = "hosszu es titkos mondat"


def one_time_password(secret):
    tag = hmac.new(
        base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1
    ).digest()
    start = tag[-1] & 15
    number = struct.unpack(">I", tag[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Desk:
    """An agent who is logged in, on a server that has the staff's site."""

    def __init__(self, installed):
        port = free_port()
        settings = {
            "BELEPO_STAFF_PORT": str(port),
            # Nobody has so many calls.
            "BELEPO_STAFF_SEARCHES_PER_HOUR": "10000",
        }
        self._server = installed.serve(**settings)
        self._installed = installed
        words = ("staff", "add", "meres", "--role", "agent", "--by", "bench")
        told = run(installed.environment(**settings), *words)
        link = re.search(rb"/munkatars/meghivo\?kulcs=\S+", told).group().decode()
        self._browser = Browser(port)
        self._log_in(link)

    def _log_in(self, link):
        page = self._browser.get(link)
        secret = re.search(rb'class="secret">([A-Z2-7]+)<', page.body).group(1).decode()
        answer = self._browser.post(
            "/munkatars/meghivo",
            password=PASSWORD,
            passwordAgain=PASSWORD,
            code=one_time_password(secret),
        )
        self._expect(answer, 303)
        # A code works once, and the next one comes in half a minute.
        self._installed.engine.do("UPDATE staff_account SET last_step = 0")
        self._browser.get("/munkatars/bejelentkezes")
        answer = self._browser.post(
            "/munkatars/bejelentkezes",
            name="meres",
            password=PASSWORD,
            code=one_time_password(secret),
        )
        self._expect(answer, 303)
        self._browser.get("/munkatars/kereses")

    def _expect(self, answer, status):
        if answer.status != status:
            raise RuntimeError(f"the staff's site answers {answer.status} instead of {status}")

    def search(self, term):
        """The seconds until the hits are there, and whether there are any."""
        began = time.perf_counter()
        self._expect(self._browser.post("/munkatars/kereses", term=term), 303)
        page = self._browser.get("/munkatars/kereses")
        seconds = time.perf_counter() - began
        self._expect(page, 200)
        return seconds, b'name="hit"' in page.body

    def close(self):
        self._browser.close()
        self._installed.stop(self._server)


def rows_of(file, count):
    """Rows from all over a file, which may have millions."""
    with open(file, encoding="utf-8") as lines:
        names = next(csv.reader([next(lines)]))
        step = max(1, count // (SEARCHES * 4))
        return [
            dict(zip(names, next(csv.reader([line])), strict=False))
            for line in itertools.islice(lines, 0, None, step)
        ]


def terms(installed, files, count):
    """What callers say, by the kind of search."""
    customers, policies = rows_of(files["customers"], count), rows_of(files["policies"], count)
    kept = int(installed.engine.value("SELECT count(*) FROM registration"))
    case = "SELECT case_number FROM registration ORDER BY id LIMIT 1 OFFSET"
    cases = [installed.engine.value(f"{case} {place}") for place in range(min(CASES, kept))]
    found = {
        "case": cases,
        "policy": [row["policy_number"] for row in policies],
        "customer": [row["customer_number"] for row in customers],
        # Several stand beside each other, with spaces between them.
        "old number": [row["old_customer_number"].split(" ")[0] for row in customers],
        # What is no number would be looked for as a name.
        "phone": [row["sms_number"] for row in customers if len(row["sms_number"]) > 8],
        "e-mail": [row["email"] for row in customers],
        "name prefix": [row["name"][:-3] for row in customers if len(row["name"]) > 8],
    }
    return {kind: [term for term in some if term] for kind, some in found.items()}


def measure_searches(installed, files, count):
    desk = Desk(installed)
    try:
        for kind, said in terms(installed, files, count).items():
            if not said:
                raise RuntimeError(f"nothing to search for by {kind}")
            asked = itertools.islice(itertools.cycle(said), SEARCHES)
            found = [desk.search(term) for term in asked]
            hits = sum(1 for _, has_hits in found if has_hits)
            if hits == 0:
                raise RuntimeError(f"no search by {kind} finds anybody")
            percent = statistics.quantiles([seconds * 1000 for seconds, _ in found], n=100)
            late = "" if percent[98] < MILLISECONDS_PROMISED else "   TOO SLOW"
            print(
                f"  search by {kind:12} p50 {percent[49]:6.1f} ms   p99 {percent[98]:6.1f} ms"
                f"   {hits} of {SEARCHES} found somebody{late}",
                flush=True,
            )
    finally:
        desk.close()
