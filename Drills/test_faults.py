"""Faults of PostgreSQL while customers register; afterwards every promise must have been kept."""

import contextlib
import os
import shutil
import subprocess
import threading
import time

import pytest

from client import Browser, Load, alternating
from conftest import Installation
from ledger import Ledger, postgres_rows, wait_until_quiet
from parts import (
    SECRETS_KEY,
    Cutter,
    Folder,
    Instance,
    Postgres,
    import_customers,
    postgres_url,
)
from program import environment, program
from waiting import wait_until

CLIENTS = 3
PAUSE_SECONDS = 20
CUTS = 12
DROPS = 5
# How long the database is away while nobody asks, and what a second of that may bring into the log: two lanes look
# for messages once a second, and say so. A loop without a pause writes thousands, or takes a processor.
AWAY_SECONDS = 15
LINES_A_SECOND = 10
PROCESSOR_SHARE = 0.25
# What an outage may cost somebody who waits for a page: the wait for a connection, a lock and an
# answer have their ends (docs/configuration.md), and this is beyond them all, on a busy machine too.
LONGEST_ANSWER_SECONDS = 60


class Faulty(Installation):
    """Two instances, each with a cutter between it and the database."""

    def __init__(self, postgres, instances, cutters, ledger):
        super().__init__(postgres_rows(postgres.url), instances, ledger)
        self.postgres = postgres
        self.cutters = cutters

    def load(self) -> Load:
        addresses = [instance.address for instance in self.instances]
        return Load(lambda: self.customer(alternating(*addresses)), CLIENTS)

    def cut_all(self) -> int:
        """Ends all connections to the database; answers with how many there were."""
        return sum(cutter.cut() for cutter in self.cutters)

    def wait_until_ready(self) -> float:
        """All instances, without a restart."""
        return wait_until(
            lambda: all(each.is_ready() for each in self.instances),
            f"ready again:\n{self.instances[0].log_tail()}",
        )


@contextlib.contextmanager
def faulty_installation(postgres, ledger):
    with (
        Cutter(postgres.port) as first_cutter,
        Cutter(postgres.port) as second_cutter,
        Instance(first_cutter.url) as first,
        Instance(second_cutter.url) as second,
    ):
        yield Faulty(postgres, [first, second], [first_cutter, second_cutter], ledger)
        # Nobody was restarted on the way, and they end in peace.
        assert (first.stop(), second.stop()) == (0, 0)


@pytest.fixture(scope="module")
def installation(postgres, ledger):
    with faulty_installation(postgres, ledger) as installation:
        yield installation
        # What a fault left in a dispatcher's hands is sent once its lease is over.
        installation.must_have_kept_its_promises()


@pytest.fixture
def postgres_alone():
    """A server with one instance on it, for a story whose messages nobody else may send."""
    with Postgres() as server:
        import_customers(server.url, count=500)
        yield server


def alone(postgres, instance, tmp_path) -> Installation:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    return Installation(postgres_rows(postgres.url), [instance], ledger)


def judge(installation, load, what: str) -> None:
    """After each fault: ready again, everybody arrived, nothing lost, doubled or half."""
    assert not load.broken, "\n".join(load.broken)
    assert load.finished >= CLIENTS
    installation.must_have_kept_its_promises(waits=False)
    longest = max((said.seconds for said in load.said), default=0)
    refused = load.refusals()
    print(
        f"{what}: {load.finished} customers, {len(load.said)} requests, {len(refused)} refused, "
        f"{sum(said.seconds < 1 for said in refused)} of them within a second, "
        f"the longest answer after {longest:.1f} s"
    )
    faults = [said for said in refused if said.status not in (503, None)]
    assert not faults, "\n".join(map(str, faults))
    assert longest < LONGEST_ANSWER_SECONDS


def somebody_arrives(load, more: int = 2) -> None:
    done = load.finished
    wait_until(lambda: load.finished >= done + more or load.broken, "customers arrive")


def test_the_server_is_stopped_and_started(installation):
    with installation.load() as load:
        for mode in ("immediate", "fast"):
            somebody_arrives(load)
            refused = len(load.refusals())
            installation.postgres.stop(mode)
            wait_until(lambda: len(load.refusals()) > refused, "customers are refused")
            assert not any(each.is_ready() for each in installation.instances)
            installation.postgres.start()
            print(f"ready after {installation.wait_until_ready():.1f} s")
        somebody_arrives(load)
    judge(installation, load, "stopped and started")


def test_sessions_that_died_in_a_quiet_hour_are_not_taken_for_live_ones(postgres_alone, tmp_path):
    """The server was restarted while nobody used it: whoever comes next notices nothing of it.

    Neither a customer, who would be told that nobody knows, nor a message, which would stay in a
    dispatcher's hands for a minute and be sent twice. A customer alone needs one session; the three
    messages of a welcome, recorded at once, need those that nobody has looked at since.
    """
    select = "SELECT pid FROM pg_stat_activity WHERE application_name = 'belepo'"
    postgres = postgres_alone
    with Instance(postgres.url) as instance:
        installation = alone(postgres, instance, tmp_path)
        with Load(lambda: installation.customer(lambda: instance.address), clients=8) as load:
            somebody_arrives(load, more=16)
            # How many are needed at once is a matter of chance.
            has_sessions = lambda: load.broken or len(postgres.rows(select)) >= 5  # noqa: E731
            wait_until(has_sessions, "enough sessions for this story", pause=0.1)
        assert not load.broken, load.broken

        for _ in range(3):
            # Whoever records a letter in that moment does not know what became of it, and says so.
            wait_until_quiet(installation.rows)
            postgres.stop("immediate")
            postgres.start()
            wait_until(instance.is_ready, "ready again")
            # So does a round of the program's own that was at its COMMIT.
            known = len(instance.log_lines("outcomeUnknown"))
            for _ in range(4):
                installation.customer(lambda: instance.address, is_tolerant=False).become_a_user()
            unknown = instance.log_lines("outcomeUnknown")[known:]
            assert not unknown, "\n".join(unknown)
        assert instance.stop() == 0


def test_all_connections_are_cut_in_the_middle(installation):
    with installation.load() as load:
        for _ in range(CUTS):
            somebody_arrives(load, more=1)
            # Whoever arrives may have had the last answer just before the cut before this one; then
            # nobody is connected for a moment.
            wait_until(installation.cut_all, "connections to cut", pause=0.1)
        installation.wait_until_ready()
        somebody_arrives(load)
    judge(installation, load, "cut")


def test_the_answer_to_a_commit_is_dropped(installation):
    """At each step that changes something: 503 says that nobody knows, and the step is repeated."""
    instance, cutter = installation.instances[0], installation.cutters[0]
    hit = []
    for step in STEPS:
        anna = installation.customer(lambda: instance.address)
        STEPS[step](anna)
        before = cutter.dropped
        anna.before_post = cutter.drop_next_commit
        getattr(anna, step)()
        cutter.disarm()
        unknown = [said for said in anna.said if said.method == "POST" and said.status == 503]
        if cutter.dropped > before:
            assert unknown, f"{step}: an unknown COMMIT was not told: {anna.said[-3:]}"
            assert all(said.headers["retry-after"] for said in unknown)
            hit.append(step)
    assert len(hit) >= DROPS, f"dropped at {hit}"
    installation.wait_until_ready()
    installation.must_have_kept_its_promises(waits=False)
    print(f"dropped at {', '.join(hit)}")


STEPS = {
    "go_to_code": lambda anna: None,
    "enter_sms_code": lambda anna: anna.go_to_code(),
    "give_email": lambda anna: (anna.go_to_code(), anna.enter_sms_code()),
    "choose_password": lambda anna: anna.go_to_password(),
    "log_in": lambda anna: (anna.go_to_password(), anna.choose_password()),
    "confirm_email": lambda anna: (anna.go_to_password(), anna.choose_password(), anna.log_in()),
}


def test_the_answers_to_commits_are_dropped_under_load(installation):
    """Whatever transaction it hits: a code, a password, a login, two at once."""
    before = sum(cutter.dropped for cutter in installation.cutters)
    with installation.load() as load:
        for _ in range(2 * DROPS):
            somebody_arrives(load, more=1)
            for cutter in installation.cutters:
                cutter.drop_next_commit()
        somebody_arrives(load)
        for cutter in installation.cutters:
            cutter.disarm()
    dropped = sum(cutter.dropped for cutter in installation.cutters) - before
    assert dropped >= DROPS
    installation.wait_until_ready()
    judge(installation, load, f"{dropped} answers to COMMIT dropped")


def test_the_server_stands_still(installation):
    with installation.load() as load:
        somebody_arrives(load)
        installation.postgres.pause()
        start = time.monotonic()
        try:
            wait_until(load.refusals, "customers are refused")
            print(f"first refusal after {time.monotonic() - start:.1f} s")
            # It has to last: every time-out on the way is to run out.
            time.sleep(max(0, PAUSE_SECONDS - (time.monotonic() - start)))
        finally:
            installation.postgres.resume()
        print(f"ready after {installation.wait_until_ready():.1f} s")
        somebody_arrives(load)
    judge(installation, load, f"stood still for {PAUSE_SECONDS} s")


@pytest.mark.parametrize("leave", [Postgres.stop, Postgres.pause])
def test_no_part_of_the_program_tries_again_without_a_pause(postgres_alone, leave):
    postgres = postgres_alone
    with Instance(postgres.url) as instance:
        lines, seconds = len(instance.log_lines("")), instance.cpu_seconds()
        leave(postgres)
        try:
            # It has to last: what is looked for is what happens meanwhile.
            start = time.monotonic()
            time.sleep(AWAY_SECONDS)
            lines = len(instance.log_lines("")) - lines
            seconds = instance.cpu_seconds() - seconds
            away = time.monotonic() - start
            assert not instance.is_ready()
        finally:
            if postgres.is_running:
                postgres.resume()
            else:
                postgres.start()
        wait_until(instance.is_ready, "ready again")
        print(f"{lines} lines and {seconds:.1f} s of a processor in {away:.0f} s without a database")
        assert lines <= LINES_A_SECOND * away, instance.log_tail()
        assert seconds <= PROCESSOR_SHARE * away
        assert instance.stop() == 0


def test_an_exhausted_pool_refuses_soon_and_recovers(postgres_alone, tmp_path):
    asked = 6
    postgres = postgres_alone
    with Instance(postgres.url, BELEPO_DATABASE_CONNECTIONS="1") as instance:
        installation = alone(postgres, instance, tmp_path)
        anna = installation.customer(lambda: instance.address)
        anna.go_to_code()
        code = anna.sms_code()
        # Nobody waits for the lock: they are all answered while it is held.
        with postgres.locked("registration"):
            answers = _ask_at_once(instance, anna, asked)
        assert [status for status, *_ in answers] == [503] * asked, answers
        for _, retry_after, seconds in answers:
            assert retry_after and int(retry_after) > 0
            assert seconds < LONGEST_ANSWER_SECONDS, f"{seconds:.1f} s until 503"
        print("503 after", ", ".join(f"{seconds:.1f}" for *_, seconds in answers), "s")
        wait_until(instance.is_ready, "ready again")
        # The one session may be in somebody else's hands for a moment longer.
        anna.send("/regisztracio/telefonszam", {"code": code[1:]}, "/regisztracio/email")
        anna.open("/regisztracio/email")
        anna.give_email()
        anna.choose_password()
        anna.log_in()
        anna.confirm_email()
        installation.must_have_kept_its_promises()
        assert instance.stop() == 0


def _ask_at_once(instance, anna, count: int) -> list[tuple[int, str, float]]:
    answers = []

    def ask():
        start = time.monotonic()
        browser = Browser(lambda: instance.address)
        browser.cookies.update(anna.cookies)
        answer = browser.get("/regisztracio/telefonszam")
        answers.append(
            (answer.status, answer.headers.get("retry-after", ""), time.monotonic() - start)
        )
        browser.close()

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextlib.contextmanager
def small_disk(megabytes: int):
    folder = Folder("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder.path)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        folder.remove()
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        if os.geteuid() == 0:
            shutil.chown(folder.path, "postgres", "postgres")
        yield folder.path
    finally:
        subprocess.run(["umount", str(folder.path)], check=True)
        folder.remove()


def test_the_databases_disk_is_full(tmp_path):
    with small_disk(megabytes=160) as disk:
        wal = {"min_wal_size": "4MB", "max_wal_size": "16MB"}
        with Postgres(data=disk / "data", **wal) as postgres:
            import_customers(postgres.url, count=1000)
            with faulty_installation(postgres, Ledger(tmp_path / "ledger.jsonl")) as installation:
                with installation.load() as load:
                    somebody_arrives(load)
                    filler = disk / "filler"
                    _fill(filler)
                    wait_until(load.refusals, "customers are refused")
                    # A while, so that all that was free inside the files is used up.
                    refused = len(load.refusals())
                    wait_until(lambda: len(load.refusals()) > refused + 20, "all are refused")
                    filler.unlink()
                    has_survived = postgres.is_running
                    if not has_survived:
                        # Without room for its own log it stops; that is for an operator to mend.
                        postgres.start()
                    print(
                        "PostgreSQL went on" if has_survived else "PostgreSQL had stopped",
                        f"; ready after {installation.wait_until_ready():.1f} s",
                    )
                    somebody_arrives(load)
                judge(installation, load, "disk full")
                installation.must_have_kept_its_promises()


def _fill(path) -> None:
    block = bytes(64 * 1024)
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(block):
            pass


def test_a_database_that_has_no_place_for_every_letter_is_refused(postgres_alone):
    postgres_alone.psql("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    settings = environment(
        BELEPO_DATABASE_URL=postgres_url(postgres_alone.port).replace("/belepo?", "/narrow?"),
        BELEPO_SECRETS_KEY=SECRETS_KEY,
        BELEPO_HTTP_PUBLIC_URL="http://localhost:8080",
        BELEPO_SMS_GATEWAY="kannel",
        BELEPO_MAIL_FROM="portal@pelda.example",
    )
    for command in (["migrate"], ["serve"], ["register", "show", "5000000"]):
        done = subprocess.run(
            [program(), *command], env=settings, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 78, done.stderr
        assert "LATIN1" in done.stderr and "ENCODING 'UTF8'" in done.stderr
