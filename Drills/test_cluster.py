"""Equal instances on one database: what one begins, the other goes on with."""

import contextlib
import http.client
import re
import time
from http.server import BaseHTTPRequestHandler

import pytest

from client import Browser, Load, alternating, at_once, raw_post
from conftest import Installation
from ledger import postgres_rows
from listener import Listener
from parts import (
    STOP_SECONDS,
    HAProxy,
    Instance,
    Nginx,
    PgBouncer,
    accepts_connections,
)
from waiting import GUARD_SECONDS, wait_until

CLIENTS = 4
# Each restarts both instances.
ROLLING_ROUNDS = 3
# How often docs/proxy/haproxy.cfg asks for /readyz.
CHECK_SECONDS = 0.5
# Of whom a machine that is busy keeps from looking for so long, what they saw says nothing: they look
# again, so often.
BLINK_SECONDS = 0.25
LOOKS = 10
RACERS = 20
# The default of limits.smsTriesPerCode.
TRIES_PER_CODE = 5
# Of the limits for an address, and what two dozen tries take at most.
WINDOW_SECONDS = 600
TRYING_SECONDS = 120


@pytest.fixture(scope="module")
def cluster(postgres, ledger):
    """Two instances that trust a proxy of this machine."""
    with (
        Instance(postgres.url, **TRUSTING) as first,
        Instance(postgres.url, **TRUSTING) as second,
    ):
        yield Installation(postgres_rows(postgres.url), [first, second], ledger)


TRUSTING = {
    "BELEPO_HTTP_TRUSTED_PROXIES": "127.0.0.1",
    # On a busy machine a proxy hears of a stop only after some of its looks have been answered late.
    "BELEPO_HTTP_DRAIN": "5s",
    "BELEPO_LIMITS_MISMATCHES_PER_ADDRESS_PER_TEN_MINUTES": "5",
}


@pytest.fixture
def each_to_the_other(cluster):
    return alternating(*(each.address for each in cluster.instances))


@pytest.fixture(autouse=True)
def promises(cluster):
    yield
    cluster.must_have_kept_its_promises()


def event_count(cluster, kind: str, customer: str) -> int:
    rows = cluster.rows(
        f"SELECT id FROM audit_event WHERE kind = '{kind}' AND customer_number = '{customer}'"
    )
    return len(rows)


def test_a_journey_with_every_request_on_the_other_instance(cluster, each_to_the_other):
    """In its first and in its second half, whichever instance it begins on."""
    for _ in range(2):
        anna = cluster.customer(each_to_the_other, is_tolerant=False)
        anna.become_a_user()
        each_to_the_other()
        assert event_count(cluster, "email_confirmed", anna.number) == 1


@pytest.mark.parametrize("kind", [HAProxy, Nginx])
def test_journeys_through_a_proxy_without_sticky_sessions(kind, cluster):
    requests = lambda: [  # noqa: E731
        len(each.log_lines('"route":"/regisztracio')) for each in cluster.instances
    ]
    before = requests()
    served = lambda: [late - early for early, late in zip(before, requests())]  # noqa: E731
    with kind(*cluster.instances) as proxy:
        for _ in range(3):
            cluster.customer(lambda: proxy.address, is_tolerant=False).become_a_user()
    # The log tells of an answer a moment after it.
    wait_until(lambda: all(served()), f"both instances served some: {served()}")


@pytest.mark.parametrize("kind", [HAProxy, Nginx])
def test_a_proxy_lets_nobody_choose_numbers_and_traces(kind, cluster):
    theirs = {"X-Request-Id": "deadbeef" * 4, "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
    with kind(*cluster.instances) as proxy:
        with contextlib.closing(http.client.HTTPConnection(*proxy.address, timeout=GUARD_SECONDS)) as browser:
            browser.request("GET", "/regisztracio", headers=theirs)
            answer = browser.getresponse()
    assert answer.status == 200
    assert len(answer.headers["X-Request-Id"]) >= 16
    assert answer.headers["X-Request-Id"] != theirs["X-Request-Id"]
    assert "ab" * 16 not in answer.headers["traceparent"]
    ours = answer.headers["X-Request-Id"]
    told = lambda: any(each.log_lines(ours) for each in cluster.instances)  # noqa: E731
    wait_until(told, "the log tells of the request")
    assert not any(each.log_lines(theirs["X-Request-Id"]) for each in cluster.instances)


def test_a_journey_through_a_pooler_in_transaction_mode(postgres, cluster):
    settings = {"BELEPO_DATABASE_POOLER": "transaction"}
    with (
        # Fewer sessions than one instance has connections, so that they really are shared.
        PgBouncer(postgres, sessions=4) as pooler,
        Instance(pooler.url, **settings) as first,
        Instance(pooler.url, **settings) as second,
    ):
        pooled = Installation(cluster.rows, [*cluster.instances, first, second], cluster.ledger)
        addresses = alternating(first.address, second.address)
        pooled.customer = lambda **wishes: _with_mailbox(cluster, pooled, addresses, **wishes)
        pooled.customer(is_tolerant=False).become_a_user()
        with Load(lambda: pooled.customer(is_tolerant=False), clients=CLIENTS) as load:
            wait_until(lambda: load.finished >= 2 * CLIENTS or load.broken, "journeys end")
        assert not load.broken, load.broken
        assert (first.stop(), second.stop()) == (0, 0)


def _with_mailbox(cluster, pooled, addresses, **wishes):
    """Numbered by the cluster, whose register it shares; its messages may come from any instance."""
    customer = cluster.customer(addresses, **wishes)
    customer.mailbox = pooled.mailbox
    return customer


# Races.


def raced(requests: list) -> list[bytes]:
    """The answers to requests at once.

    Where everybody waits for one row, a busy machine answers the last ones that nothing was done, and when
    to come again: they come again, and so come to their answer.
    """
    answers = at_once(requests)
    end = time.monotonic() + GUARD_SECONDS
    while again := [place for place, answer in enumerate(answers) if _status(answer) == 503]:
        assert all(_header(answers[place], "retry-after") for place in again)
        assert time.monotonic() < end, f"{len(again)} of {len(answers)} came in vain"
        for place, answer in zip(again, at_once([requests[each] for each in again])):
            answers[place] = answer
    return answers


def test_one_code_at_once_on_two_instances_is_accepted_once(cluster, each_to_the_other):
    anna = cluster.customer(each_to_the_other)
    anna.go_to_code()
    code = anna.sms_code()
    fields = anna.page.hidden() | {"code": code[1:]}
    post = raw_post("/regisztracio/telefonszam", fields, anna.cookies.header)
    answers = raced([(each_to_the_other(), post) for _ in range(RACERS)])

    assert event_count(cluster, "sms_code_accepted", anna.number) == 1
    assert event_count(cluster, "sms_code_wrong", anna.number) == 0
    # A repeated click costs a try too: five of one code are heard, and all get the same cookie.
    assert {_status(answer) for answer in answers} == {303}
    heard = [each for each in answers if _header(each, "location") == "/regisztracio/email"]
    assert len(heard) == TRIES_PER_CODE
    assert len({_registration(answer) for answer in heard}) == 1
    unheard = [answer for answer in answers if answer not in heard]
    assert {_header(answer, "location") for answer in unheard} == {"/regisztracio/telefonszam"}
    assert {_registration(answer) for answer in unheard} == {"none"}
    # Whichever answer the browser showed, it goes on.
    anna.cookies["__Host-registration"] = _registration(heard[0])
    anna.open("/regisztracio/email")
    anna.give_email()


def test_a_wrong_code_at_once_on_two_instances_costs_every_try(cluster, each_to_the_other):
    anna = cluster.customer(each_to_the_other)
    anna.go_to_code()
    code = anna.sms_code()
    wrong = code[1:-1] + ("3" if code[-1] == "2" else "2")
    post = raw_post(
        "/regisztracio/telefonszam", anna.page.hidden() | {"code": wrong}, anna.cookies.header
    )
    answers = raced([(each_to_the_other(), post) for _ in range(RACERS)])

    assert {_status(answer) for answer in answers} <= {422, 303}
    # However many knock at once.
    assert event_count(cluster, "sms_code_wrong", anna.number) == TRIES_PER_CODE
    fields = anna.page.hidden() | {"code": code[1:]}
    assert anna.post("/regisztracio/telefonszam", fields).status == 422
    assert event_count(cluster, "sms_code_accepted", anna.number) == 0


def test_one_password_at_once_on_two_instances_makes_one_account(cluster, each_to_the_other):
    anna = cluster.customer(each_to_the_other)
    anna.go_to_password()
    fields = anna.page.hidden() | {"password": "Zoldalma73Korte", "passwordAgain": "Zoldalma73Korte"}
    post = raw_post("/regisztracio/jelszo", fields, anna.cookies.header)
    answers = raced([(each_to_the_other(), post) for _ in range(8)])

    assert {_status(answer) for answer in answers} == {303}
    assert {_header(answer, "location") for answer in answers} == {"/regisztracio/sikeres"}
    assert event_count(cluster, "registered", anna.number) == 1


def test_two_customers_with_one_address_get_one_account(cluster):
    email = "kozos@pelda.example"
    first, second = (
        cluster.customer(lambda each=each: each.address, email=email) for each in cluster.instances
    )
    requests = []
    for customer in (first, second):
        customer.go_to_password()
        fields = customer.page.hidden() | {"password": "Zoldalma73Korte"}
        fields["passwordAgain"] = fields["password"]
        post = raw_post("/regisztracio/jelszo", fields, customer.cookies.header)
        requests.append((customer.choose(), post))
    answers = raced(requests)

    locations = sorted(_header(answer, "location") for answer in answers)
    assert locations == ["/regisztracio/email?uzenet=foglalt", "/regisztracio/sikeres"]
    assert len(cluster.rows(f"SELECT id FROM account WHERE email = '{email}'")) == 1


def test_one_identification_at_once_on_two_instances_sends_one_sms(cluster, each_to_the_other):
    anna = cluster.customer(each_to_the_other)
    anna.open("/regisztracio")
    fields = anna.page.hidden() | {
        "kind": "customer",
        "customerNumber": anna.number,
        "mobilePrefix": "30",
        "mobileNumber": anna.line,
    }
    post = raw_post("/regisztracio", fields, anna.cookies.header)
    answers = raced([(each_to_the_other(), post) for _ in range(RACERS)])

    assert {_status(answer) for answer in answers} == {303}
    assert len({_registration(answer) for answer in answers}) == 1
    assert event_count(cluster, "sms_sent", anna.number) == 1


def _head(answer: bytes) -> list[str]:
    return answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")


def _status(answer: bytes) -> int:
    return int(_head(answer)[0].split(" ")[1])


def _header(answer: bytes, name: str) -> str:
    values = [line.split(": ", 1)[1] for line in _head(answer) if line.lower().startswith(name + ":")]
    return values[0] if values else ""


def _registration(answer: bytes) -> str:
    cookies = [line for line in _head(answer) if line.lower().startswith("set-cookie:")]
    found = re.search(r"__Host-registration=([^;]*)", "\n".join(cookies))
    return found.group(1) if found else "none"


# Restarts.


def test_an_instance_that_stops_says_so_before_it_closes_its_port(cluster):
    """A proxy that asks every half second must have heard of it before a request is turned away."""
    for _ in range(LOOKS):
        was_told, longest_blink = watch_a_stop(cluster.instances[0])
        if was_told >= CHECK_SECONDS or longest_blink < BLINK_SECONDS:
            break
        print(f"this machine looked away for {longest_blink:.1f} s: once more")
    assert was_told >= CHECK_SECONDS


def watch_a_stop(instance: Instance) -> tuple[float, float]:
    """For how long its port was open and it said not to be ready; and the longest that nobody looked."""
    instance.process.terminate()
    start = last = time.monotonic()
    not_ready, still_open, longest_blink = None, start, 0.0
    while accepts_connections(instance.port):
        still_open = time.monotonic()
        if not_ready is None and not instance.is_ready():
            not_ready = time.monotonic()
        # Asked without a pause, a server cannot keep up with the questions and seems to be gone.
        time.sleep(0.02)
        now = time.monotonic()
        longest_blink, last = max(longest_blink, now - last), now
        assert now - start < STOP_SECONDS, "the port stayed open"
    longest_blink = max(longest_blink, time.monotonic() - last)
    assert instance.process.wait(STOP_SECONDS) == 0
    instance.start()
    was_told = still_open - not_ready if not_ready else 0.0
    print(f"not ready for {was_told:.3f} s before it closed")
    return was_told, longest_blink


def restart_all(cluster, proxy, load, before=lambda name: None, after=lambda name: None) -> None:
    """One instance after the other, each while customers are on the way."""
    for name, instance in zip("ab", cluster.instances):
        done = load.finished
        wait_until(lambda: load.finished >= done + 2 or load.broken, "customers arrive")
        # On a busy machine a proxy may have missed an answer, and sends everybody to the other one.
        for each in "ab":
            proxy.wait_until_up(each)
        before(name)
        assert instance.stop() == 0, instance.log_tail()
        instance.start()
        after(name)
        proxy.wait_until_up(name)


def must_have_served_all(load, instances) -> None:
    print(f"{load.finished} customers, {len(load.said)} requests")
    refused = [str(each) for each in load.refusals()]
    problems = [line for each in instances for line in each.problems()]
    assert not load.broken + refused, "\n".join(load.broken + refused + problems)


def test_a_rolling_restart_behind_haproxy_fails_no_request(cluster):
    """As a service manager restarts: SIGTERM, and nobody tells the proxy beforehand."""
    with HAProxy(*cluster.instances) as proxy:
        new = lambda: cluster.customer(lambda: proxy.address, is_tolerant=False)  # noqa: E731
        with Load(new, CLIENTS) as load:
            for _ in range(ROLLING_ROUNDS):
                restart_all(cluster, proxy, load)
    must_have_served_all(load, cluster.instances)


def test_a_rolling_restart_that_drains_at_haproxy_first_fails_no_request(cluster):
    """As a careful operator restarts: the proxy sends nobody there any more, then SIGTERM."""
    with HAProxy(*cluster.instances) as proxy:

        def drain(name):
            proxy.say(f"set server portal/{name} state drain")
            wait_until(lambda: proxy.sessions(name) == 0, "the last request there is answered")

        new = lambda: cluster.customer(lambda: proxy.address, is_tolerant=False)  # noqa: E731
        with Load(new, CLIENTS) as load:
            for _ in range(ROLLING_ROUNDS):
                restart_all(
                    cluster, proxy, load,
                    before=drain,
                    after=lambda name: proxy.say(f"set server portal/{name} state ready"),
                )  # fmt: skip
    must_have_served_all(load, cluster.instances)


# The client's address.


def test_a_forwarded_address_counts_only_from_the_named_proxy(cluster):
    """Loopback has many addresses: each client comes from another one."""
    direct = cluster.instances[0].address
    begin_a_window()
    with HAProxy(*cluster.instances) as proxy:

        def tries(source: str, address, **headers: str) -> list[int]:
            statuses = []
            for _ in range(6):
                browser = Browser(lambda: address, source=source)
                statuses.append(_mismatch(browser, **headers))
                browser.close()
            return statuses

        # Five are free; whoever writes another address each time is counted all the same.
        forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
        assert tries("127.0.0.21", proxy.address, **forged) == [422] * 5 + [429]
        # Others are not.
        assert tries("127.0.0.22", proxy.address)[:5] == [422] * 5
        # Who is no named proxy is not believed: this is not counted on the address it names.
        tries("127.0.0.23", direct, **{"X-Forwarded-For": "127.0.0.24"})
        assert tries("127.0.0.24", proxy.address) == [422] * 5 + [429]


def begin_a_window() -> None:
    """Tries are counted in windows of ten minutes of the clock: no new one may begin in between."""
    left = WINDOW_SECONDS - time.time() % WINDOW_SECONDS
    if left < TRYING_SECONDS:
        time.sleep(left)


_unknown = iter(range(8000000, 9000000))


def _mismatch(browser: Browser, **headers: str) -> int:
    """A try with a number that nobody has, another one each time."""
    browser.get("/regisztracio", **headers)
    fields = {
        "kind": "customer",
        "customerNumber": str(next(_unknown)),
        "mobilePrefix": "30",
        "mobileNumber": str(next(_unknown)),
    }
    return browser.post("/regisztracio", browser.page.hidden() | fields, **headers).status


def test_the_proxies_write_their_own_headers(cluster):
    """What a client wrote about itself never reaches an instance."""
    for kind in (HAProxy, Nginx):
        with _Echo() as echo, kind(echo, echo) as proxy:
            if kind is HAProxy:
                proxy.wait_until_up("a")
            browser = Browser(lambda: proxy.address)
            forged = {
                "X-Forwarded-For": "203.0.113.9",
                "X-Forwarded-Proto": "gopher",
                "X-Forwarded-Host": "evil.example",
                "Forwarded": "for=203.0.113.9",
            }
            heard = browser.get("/echo", **forged).body.lower()
            browser.close()
            assert "x-forwarded-for: 127.0.0.1\n" in heard, heard
            assert "x-forwarded-proto: https\n" in heard, heard
            for word in ("203.0.113.9", "gopher", "evil.example"):
                assert word not in heard, heard


class _Echo:
    """Stands for an instance and answers with the headers that it hears."""

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = "".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._listener = Listener(lambda line: Handler(line.socket, None, None))
        self.port = self.management_port = self._listener.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
