"""What three common tools find at the program as an insurer runs it: nothing, and everybody is served.

`make attack`; bounded to ten minutes, and no part of `make test`. slowhttptest takes what connections
there are, sqlmap looks for SQL in what is sent, wapiti for all that it knows. First each of them has to
find the faults of a careless site.
"""

import http.client
import json
import os
import threading
import time

import pytest

from attack_tools import SAME_ORIGIN, SLOW_MODES, injectable, slow_http, vulnerabilities
from careless_site import CarelessSite
from client import Browser, Customer, Mailbox, encoded
from dispatching import PostOffices
from ledger import Ledger
from ports import reserved_ports
from waiting import GUARD_SECONDS

# How much of it there is; scaled by ATTACK_SHARE for a short trial.
SHARE = float(os.environ.get("ATTACK_SHARE", "1"))
# More than an instance lets one network have (http.connectionsPerAddress).
CONNECTIONS = 800
SLOW_SECONDS = 25
CRAWL_SECONDS, ATTACK_SECONDS = 40, 12
# Within it an honest customer of another network gets the form, whatever is going on.
ANSWER_SECONDS = 5
HONEST_NETWORK = "127.0.0.2"

# As the defaults, but for what would turn the tools away before anything of theirs is looked at.
SETTINGS = {
    "BELEPO_LOG_LEVEL": "info",
    "BELEPO_MESSAGES_DISPATCHER": "serve",
    "BELEPO_LIMITS_MISMATCHES_PER_NUMBER_PER_HOUR": "10000",
    "BELEPO_LIMITS_MISMATCHES_PER_ADDRESS_PER_TEN_MINUTES": "100000",
    "BELEPO_LIMITS_MISTAKES_PER_ADDRESS_PER_TEN_MINUTES": "100000",
    "BELEPO_LIMITS_LOGIN_FAILURES_PER_ADDRESS_PER_TEN_MINUTES": "100000",
    "BELEPO_LIMITS_LOGIN_FAILURES_PER_HOUR": "1000000",
    "BELEPO_LIMITS_RECOVERIES_PER_ADDRESS_PER_TEN_MINUTES": "10000",
    "BELEPO_SESSIONS_STEP_UP_AFTER": "3600s",
}
# A session that ends at the first form that is tried would leave all others alone.
LEFT_OUT = ("/kijelentkezes", "/fiok/biztonsag/kijelentkezes", "/fiok/szerzodes/felmondas")

# What wapiti says of the site, and why it is none. docs/security/attacks.md names the tests.
EXPLAINED = {
    # It knows a token by the usual names alone. Without `formToken` a form is refused (attacks 50, 51).
    ("Cross Site Request Forgery", "Lack of anti CSRF token"),
    # `frame-ancestors 'none'` in the content security policy says it (attack 52, ASVS 3.4.6).
    ("HTTP Secure Headers", "X-Frame-Options is not set"),
    # Browsers have dropped it, and it opened holes of its own; the policy lets no script run.
    ("HTTP Secure Headers", "X-XSS-Protection is not set"),
    # The proxy's, which ends TLS (docs/proxy); over plain HTTP browsers ignore it.
    ("HTTP Secure Headers", "Strict-Transport-Security is not set"),
}


class Watch:
    """Asks for a page again and again, from another network; writes down when it did not come."""

    def __init__(self, port: int, path: str):
        self.asked = 0
        self.missed: list[str] = []
        self._port, self._path = port, path
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.is_set():
            begun = time.monotonic()
            said = self._ask()
            self.asked += 1
            if said != "200":
                self.missed.append(f"{self._path}: {said} after {time.monotonic() - begun:.1f} s")
            self._is_over.wait(0.25)

    def _ask(self) -> str:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=ANSWER_SECONDS, source_address=(HONEST_NETWORK, 0)
        )
        try:
            connection.request("GET", self._path, headers={"Host": f"localhost:{self._port}"})
            answer = connection.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, http.client.HTTPException) as problem:
            return repr(problem)
        finally:
            connection.close()


class Site:
    """An instance with an SMS gateway and a mail relay, a customer who is logged in, and two who watch."""

    def __init__(self, office):
        (self.staff_port,) = reserved_ports(1)
        self.server = office.server(**SETTINGS, BELEPO_STAFF_PORT=str(self.staff_port))
        self.url = f"http://localhost:{self.server.port}"
        self.customer = Customer(
            0, lambda: self.server.address, Mailbox(office.gateway, office.relay),
            Ledger(office.folder.path / "ledger.jsonl"), is_tolerant=False,
            code_seconds=GUARD_SECONDS,
        )  # fmt: skip
        self.customer.become_a_user()
        self.watches = [
            Watch(self.server.port, "/regisztracio"),
            Watch(self.server.management_port, "/readyz"),
        ]

    def must_be_unharmed(self) -> None:
        """Nobody was kept waiting, nothing failed, and nothing was said to have failed."""
        assert self.server.process.poll() is None, self.server.log_tail()
        for watch in self.watches:
            assert watch.asked > 0
            assert not watch.missed, f"{len(watch.missed)} of {watch.asked}: {watch.missed[:5]}"
        told = [json.loads(line) for line in self.server.log_lines('"level"')]
        worst = [line for line in told if line["level"] in ("error", "critical")]
        assert not worst, worst[:5]
        # 503 says that there is too much to do at the moment, and when to come again.
        faults = [line for line in told if line.get("status", 0) >= 500 and line["status"] != 503]
        assert not faults, faults[:5]

    def taken_forms(self) -> dict[str, int]:
        """How many forms of each page were let in, and read."""
        count: dict[str, int] = {}
        for line in map(json.loads, self.server.log_lines('"method":"POST"')):
            if line["status"] in (303, 422):
                count[line["route"]] = count.get(line["route"], 0) + 1
        return count


@pytest.fixture(scope="module")
def site():
    offices = PostOffices()
    try:
        with offices.open() as office:
            site = Site(office)
            with site.watches[0], site.watches[1]:
                yield site
            assert site.server.stop() == 0
    finally:
        offices.close()


def request_of(browser: Browser, port: int, path: str, fields: dict[str, str] | None = None) -> str:
    """A form of a page, or the page, as it goes over the line with the browser's cookies."""
    page = browser.get(path)
    assert page.status == 200, (path, page.status)
    heads = {"Host": f"localhost:{port}", "Cookie": browser.cookies.header} | SAME_ORIGIN
    if fields is None:
        return _written(f"GET {path} HTTP/1.1", heads, "")
    heads["Content-Type"] = "application/x-www-form-urlencoded"
    return _written(f"POST {path} HTTP/1.1", heads, encoded(page.hidden() | fields))


def _written(line: str, heads: dict[str, str], body: str) -> str:
    return "\n".join([line, *(f"{name}: {value}" for name, value in heads.items()), "", body])


# A careless site.


def test_sqlmap_and_wapiti_find_what_a_careless_site_has(tmp_path):
    with CarelessSite() as careless:
        request = f"GET /?name=Anna HTTP/1.1\nHost: localhost:{careless.port}\n\n"
        # What makes a database work for long would keep this one's only place.
        assert injectable(request, "name", tmp_path, techniques="B")
        found = vulnerabilities(
            careless.url, "a=b", tmp_path, crawling=5, trying=5, modules="sql,xss"
        )
        categories = {category for category, _, _ in found}
        assert {"SQL Injection", "Cross Site Scripting"} <= categories, found


def test_those_who_watch_notice_that_a_careless_site_serves_nobody():
    with CarelessSite() as careless, Watch(careless.port, "/") as watch:
        slow_http("heads", careless.url, connections=20, seconds=12)
    assert watch.missed


# The program.


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", SLOW_MODES)
def test_slow_connections_keep_nobody_out(site, mode):
    path = "/regisztracio" if mode != "readers" else "/portalszerzodes"
    url = f"{site.url}{path}"
    end = slow_http(mode, url, round(CONNECTIONS * SHARE), max(10, round(SLOW_SECONDS * SHARE)))
    print(f"{mode}: {end}, {site.watches[0].asked} pages came")
    site.must_be_unharmed()


SENDS = {"username": "senki@pelda.example", "password": "Zoldalma73Korte"}
POLICY = {"kind": "policy", "policyNumber": "PR-000001", "mobilePrefix": "30", "mobileNumber": "1234567"}
WRONG = {"currentPassword": "Rossz1Jelszo", "password": "Uj1Jelszoszo", "passwordAgain": "Uj1Jelszoszo"}
ANSWER = {"kind": "marketing", "version": "1", "answer": "yes"}
UNDO = {"email": "senki@pelda.example", "code": "ABC234"}
# A page, what is tried of it, and what is typed into its form; without that the page itself is asked for.
TRIED = [
    ("/", "nyelv", None),
    ("/bejelentkezes", "uzenet", None),
    ("/regisztracio", "__Host-visitor", None),
    ("/fiok", "__Host-session", None),
    ("/regisztracio", "kind,policyNumber,mobilePrefix,mobileNumber", POLICY),
    ("/bejelentkezes", "username,password", SENDS),
    ("/elfelejtett-jelszo", "email", {"email": "senki@pelda.example"}),
    ("/cim-visszaallitas", "email,code", UNDO),
    ("/fiok/jelszo", "currentPassword", WRONG),
    ("/fiok/nyilatkozatok", "kind,version,answer", ANSWER),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path, fields, typed", TRIED)
def test_no_field_is_read_as_sql(site, path, fields, typed, tmp_path):
    is_own = path.startswith("/fiok")
    browser = site.customer if is_own else Browser(lambda: site.server.address)
    if typed is None and "__Host" not in fields:
        request = request_of(browser, site.server.port, f"{path}?{fields}=en")
    else:
        if not is_own:
            browser.get(path)
        request = request_of(browser, site.server.port, path, typed)
    before = site.taken_forms().get(path, 0)
    assert injectable(request, fields, tmp_path) == []
    # Not because nobody looked at them.
    assert typed is None or site.taken_forms()[path] > before + 20
    site.must_be_unharmed()


@pytest.mark.timeout(300)
def test_no_field_of_the_staffs_login_is_read_as_sql(site, tmp_path):
    browser = Browser(lambda: ("127.0.0.1", site.staff_port))
    typed = {"name": "Senki", "password": "Zoldalma73Korte", "code": "123456"}
    request = request_of(browser, site.staff_port, "/munkatars/bejelentkezes", typed)
    assert injectable(request, "name,password,code", tmp_path) == []
    site.must_be_unharmed()


@pytest.mark.timeout(420)
def test_wapiti_finds_nothing_that_is_not_explained(site, tmp_path):
    before = site.taken_forms()
    found = vulnerabilities(
        site.url, site.customer.cookies.header, tmp_path, CRAWL_SECONDS * SHARE,
        ATTACK_SECONDS * SHARE, leaving_out=LEFT_OUT,
    )  # fmt: skip
    unexplained = [each for each in found if each[:2] not in EXPLAINED]
    assert not unexplained, "\n".join(map(str, unexplained))
    after = site.taken_forms()
    forms = {path for path in after if after[path] > before.get(path, 0)}
    # It was inside: what the public and what the customer sends has been tried.
    assert {"/regisztracio", "/bejelentkezes", "/elfelejtett-jelszo", "/fiok/adataim"} <= forms, forms
    # What is explained and no longer said needs no explanation.
    assert SHARE < 1 or EXPLAINED <= {each[:2] for each in found}
    site.must_be_unharmed()
