"""Whoever cannot start ends, with a sentence; whoever runs survives what a gateway says."""

import contextlib
import resource
import socket
import subprocess
import time

import pytest

from dispatching import MAIL_FROM, PostOffices, sms
from parts import SECRETS_KEY, Folder, Postgres, import_customers, status_of
from program import environment, program
from sms_gateways import says
from waiting import GUARD_SECONDS, wait_until

# What is promised, on a machine that is its own. What it waits for the processor is not counted, as far as
# that can be told; so it may try again.
PROMISED_SECONDS = 5
TRIES = 5
# More than any honest start writes, and far less than a loop without a pause.
LINES = 100
# No name has a part of more than 63 letters (RFC 1035, 2.3.4), so that no name server is asked, whose
# silence would be waited for.
NO_HOST = "n" * 64
# The demo listens on loopback and nowhere else.
PRODUCTION = {
    "BELEPO_SECRETS_KEY": SECRETS_KEY,
    "BELEPO_HTTP_PUBLIC_URL": "http://localhost:8080",
    "BELEPO_HTTP_PORT": "0",
    "BELEPO_MANAGEMENT_PORT": "0",
    "BELEPO_STAFF_PORT": "0",
    "BELEPO_SMS_GATEWAY": "kannel",
    "BELEPO_MAIL_FROM": MAIL_FROM,
}


@contextlib.contextmanager
def _database(kind: str):
    if kind == "sqlite":
        folder = Folder("starting")
        yield f"sqlite:{folder.path}/starting.sqlite"
        folder.remove()
    else:
        with Postgres() as server:
            import_customers(server.url, count=1)
            yield server.url


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("taken", ["BELEPO_HTTP_PORT", "BELEPO_MANAGEMENT_PORT"])
def test_a_port_that_is_taken_ends_it(kind, taken):
    with _database(kind) as url, socket.create_server(("127.0.0.1", 0)) as holder:
        ports = {"BELEPO_HTTP_PORT": "0", "BELEPO_MANAGEMENT_PORT": "0"}
        ports[taken] = str(holder.getsockname()[1])
        done = _ended(
            "serve", "--demo",
            BELEPO_DATABASE_URL=url, BELEPO_SECRETS_KEY=SECRETS_KEY, **ports,
        )  # fmt: skip
    assert done.returncode == 69, done.stderr
    # The demo may have greeted already: its site listens, and the other port is taken.
    last = done.stderr.strip().splitlines()[-1]
    assert last == "belepo: The server cannot listen: Address already in use.", done.stderr
    _says_little(done.stdout)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("host", ["BELEPO_HTTP_HOST", "BELEPO_MANAGEMENT_HOST", "BELEPO_STAFF_HOST"])
def test_a_host_that_nobody_knows_ends_it(kind, host):
    with _database(kind) as url:
        done = _ended("serve", BELEPO_DATABASE_URL=url, **PRODUCTION | {host: NO_HOST})
    assert done.returncode == 69, done.stderr
    said = f"belepo: The server cannot listen: there is no such address ({NO_HOST}).\n"
    assert done.stderr == said, done.stderr
    _says_little(done.stdout)


def _ended(*command: str, **settings: str) -> subprocess.CompletedProcess:
    """How the program ended by itself, which is within the promised time."""
    took = []
    for _ in range(TRIES):
        # This one waits for nothing but the processor.
        _, wall, cost = _timed("--help")
        slowness = max(1.0, wall / max(cost, 0.01))
        done, wall, cost = _timed(*command, **settings)
        took.append(min(wall, cost + max(0.0, wall - cost * slowness)))
        if took[-1] < PROMISED_SECONDS:
            return done
    raise AssertionError(f"it ended after {took} s each time: {done.stderr}")


def _timed(*command: str, **settings: str) -> tuple[subprocess.CompletedProcess, float, float]:
    """How the program ended, after how long on the clock, and what it cost the processor."""
    start, cost = time.monotonic(), _children_seconds()
    done = subprocess.run(
        [program(), *command],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
    )
    return done, time.monotonic() - start, _children_seconds() - cost


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _says_little(log: str) -> None:
    """What could start is ended in peace, and complains of nothing."""
    lines = log.splitlines()
    assert len(lines) < LINES
    assert not [line for line in lines if '"level":"error"' in line], log


@pytest.fixture(scope="module")
def offices():
    offices = PostOffices()
    yield offices
    offices.close()


@pytest.mark.parametrize(
    "patience", ["99999999999999999", "9" * 4000, "-99999999999999999", "NaN", "1e999"]
)
def test_no_patience_that_a_gateway_asks_for_ends_it(offices, patience):
    """And none keeps a message from its next try for longer than a day."""
    with offices.open() as office:
        message = sms()
        office.gateway.answer(message.to, says(429, Retry_After=patience))
        server = office.server(BELEPO_MESSAGES_DISPATCHER="serve")
        office.queue.put(message)
        wait_until(lambda: office.gateway.asked(message.to), "the gateway is asked")
        office.wait_until_postponed(message)
        row = office.queue.rows(
            f"SELECT next_try_at - created_at AS pause FROM message WHERE key = '{message.key}'"
        )
        assert row[0]["pause"] <= 86_400_000 + 60_000
        assert status_of(server.management_port, "/livez") == 200
        assert server.stop() == 0
