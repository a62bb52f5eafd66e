"""Imports of the register that are killed, interrupted, fed through pipes, and run beside each other."""

import contextlib
import fcntl
import gzip
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest

from dispatching import Server, metrics
from ledger import postgres_rows, sqlite_rows
from parts import Postgres, status_of
from register_files import (
    AGAIN,
    ANYTHING,
    DONE,
    REFUSED,
    UNAVAILABLE,
    USAGE,
    WITH_REJECTS,
    Files,
    Running,
    fingerprint,
    import_words,
    log_megabytes,
    pipe,
    run,
    strays,
    take,
)
from waiting import GUARD_SECONDS, wait_until

KILLS = int(os.environ.get("DRILL_IMPORT_KILLS", "4"))
# All are other people than the register has, so that more rows differ than are written in place.
CUSTOMERS = int(os.environ.get("DRILL_IMPORT_CUSTOMERS", "12000"))
# Of the embedded database's log right after a kill (docs/register.md): 16 MiB are kept to be used
# again, and what one transaction of this many customers writes is less than that.
LOG_MEGABYTES = 32
# How often a kill is tried that came after the end: the import before it may have taken longer, beside
# other work of the machine.
TRIES = 5
LESS = 0.8
# As the database counts time.
HOUR = 3600 * 1000


class Database:
    def __init__(self, url: str, rows, file: Path | None = None):
        self.url = url
        self.rows = rows
        self.file = file


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request, tmp_path):
    if request.param == "SQLite":
        file = tmp_path / "register.sqlite"
        yield Database(f"sqlite:{file}", sqlite_rows(file), file)
    else:
        with Postgres() as server:
            yield Database(server.url, postgres_rows(server.url))


@pytest.mark.timeout(1800)
def test_a_killed_import_leaves_the_old_register_or_the_new_one(database, tmp_path):
    seed = int(os.environ.get("DRILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
    print(f"DRILL_SEED={seed} DRILL_IMPORT_KILLS={KILLS}")
    chance = random.Random(seed)
    registers, prints = [], []
    for number in (0, 1):
        registers.append(Files.generated(tmp_path / str(number), CUSTOMERS, seed + number))

    def whole_import(files: Files) -> float:
        """How many seconds it took, beside whatever else the machine has to do."""
        began = time.monotonic()
        done = take(files, database.url, *ANYTHING)
        assert done.returncode == DONE, done.stdout + done.stderr
        return time.monotonic() - began

    for files in (registers[0], registers[1], registers[0]):
        seconds = whole_import(files)
        prints.append(fingerprint(database.rows))
    old, new, again = prints
    assert old == again and old != new

    present, killed, seen = 0, 0, set()
    # Parts of the time that the last one took.
    moments = [0.01, 0.5, 0.99] + [chance.uniform(0, 1) for _ in range(KILLS)]
    for moment in moments:
        for _ in range(TRIES):
            following = 1 - present
            with Running(import_words(registers[following], *ANYTHING), database.url) as running:
                # The moment is the point: this is no wait for anything.
                time.sleep(moment * seconds)
                was_killed = running.kill() == -signal.SIGKILL
            # Before anybody opens the database, and copies its log back and cuts it.
            if database.file: assert log_megabytes(database.file) < LOG_MEGABYTES
            found = fingerprint(database.rows)
            assert found in (prints[present], prints[following]), f"mixed after a kill at {moment:.0%}"
            seen.add(found == prints[following])
            # At once: nothing of the dead one is in the way.
            took = whole_import(registers[following])
            # One that finds its own rows there has little to do, and one that was too early for the
            # kill needs less than was thought.
            seconds = took if found == prints[present] else seconds * LESS
            assert fingerprint(database.rows) == prints[following]
            assert strays(database.rows) == 0
            present = following
            if was_killed:
                killed += 1
                break
    print(f"{killed} of {len(moments)} imports were killed; old and new: {seen}")
    assert killed >= len(moments) * 2 / 3, "the moments come too late"
    assert False in seen, "no kill came before the end"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_import_says_so_and_leaves_nothing(database, tmp_path, number):
    old = Files.generated(tmp_path / "old", 500, 1)
    new = Files.generated(tmp_path / "new", 500, 2)
    assert take(old, database.url).returncode == DONE
    before = fingerprint(database.rows)
    # Of one file the rest never comes, and the other is never begun: both are waited for in vain, by
    # more threads than a small machine has cores.
    through = pipe(tmp_path / "customers.pipe")
    words = import_words(new, *ANYTHING)
    words[words.index(str(new.customers))] = str(through)
    words[words.index(str(new.policies))] = str(pipe(tmp_path / "policies.pipe"))
    with Running(words, database.url) as running, open(through, "wb", buffering=0) as end:
        end.write(new.customers.read_bytes()[:4000])
        wait_until(lambda: _is_claimed(database), "the import has begun")
        assert running.signal(number) == AGAIN, running.said
        assert "Interrupted: the register was not changed." in running.said
    assert fingerprint(database.rows) == before
    assert strays(database.rows) == 0
    assert take(new, database.url, *ANYTHING).returncode == DONE


def test_a_file_on_loan_is_given_back_and_read(embedded, tmp_path):
    """As a file server holds it for one of its clients."""
    files = Files.generated(tmp_path / "files", 500, 1)
    with open(files.customers, "rb+") as lent:

        def give_back():
            fcntl.fcntl(lent, fcntl.F_SETLEASE, fcntl.F_UNLCK)

        timer = threading.Timer(0.3, give_back)

        def take_time(*_):
            timer.start()

        before = signal.signal(signal.SIGIO, take_time)
        try:
            fcntl.fcntl(lent, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            done = take(files, embedded.url)
            timer.join()
        finally:
            signal.signal(signal.SIGIO, before)
    assert done.returncode == DONE, done.stderr


def test_of_two_imports_at_a_time_the_second_is_told_to_wait(database, tmp_path):
    files = Files.generated(tmp_path / "files", 500, 1)
    through = pipe(tmp_path / "customers.pipe")
    # The nightly job writes the rejected rows into the same file every time.
    rejects = ("--rejects", str(tmp_path / "r.csv"))
    rejected = tmp_path / "r-customers.csv"
    rejected.write_text("rows of the last import\n")
    words = import_words(files, *ANYTHING, *rejects)
    words[words.index(str(files.customers))] = str(through)
    head, rows = files.customers.read_bytes().split(b"\n", 1)
    assert run(["migrate"], database.url).returncode == DONE
    with Running(words, database.url) as first, open(through, "wb", buffering=0) as end:
        end.write(head + b"\nbad,,Nagy Ida,,,active\n" + rows[:4000])
        wait_until(lambda: "bad,,Nagy Ida" in rejected.read_text(), "a row of the first is rejected")
        written = rejected.read_text()
        assert "rows of the last import" not in written
        second = take(files, database.url, *rejects)
        assert second.returncode == AGAIN, second.stderr
        assert "Another import is running" in second.stderr
        assert rejected.read_text() == written
        end.write(rows[4000:])
        end.close()
        assert first.wait() == WITH_REJECTS, first.said
        assert rejected.read_text().startswith(written)
    assert take(files, database.url).returncode == DONE


def _is_claimed(database: Database) -> bool:
    if database.file and not database.file.exists(): return False
    return database.rows("SELECT import_seen_at AS at FROM register_state")[0]["at"] is not None


# Deliveries of changes.


def test_deliveries_are_applied_once_and_in_order(database, tmp_path):
    whole = Files(tmp_path / "whole").write(ONE + ONE.replace("1234567", "2345678"))
    assert take(whole, database.url, "--delivery", "7").returncode == DONE

    def deliver(number: int, rows: str):
        files = Files(tmp_path / f"{number}-{len(rows)}").write(rows, columns="operation,")
        words = ("--changes", "--delivery", str(number), "--max-delete-percent", "100")
        return take(files, database.url, *words)

    def numbers() -> list[str]:
        rows = database.rows("SELECT customer_number AS number FROM register_customer ORDER BY 1")
        return [row["number"] for row in rows]

    deletion = "delete,2345678,,,,,\n"
    early = deliver(9, deletion)
    assert early.returncode == REFUSED and "The last delivery was 7" in early.stderr
    assert deliver(8, deletion).returncode == DONE
    assert numbers() == ["1234567"]
    again = deliver(8, deletion)
    assert again.returncode == DONE and "applied before" in again.stdout
    assert deliver(8, deletion * 2).returncode == REFUSED
    assert deliver(9, "upsert," + ONE.replace("1234567", "3456789")).returncode == DONE
    assert numbers() == ["1234567", "3456789"]
    assert take(whole, database.url, "--changes").returncode == USAGE
    assert take(whole, database.url, "--changes", "--delivery", "0").returncode == USAGE


# How the files come.


@pytest.fixture
def embedded(tmp_path):
    file = tmp_path / "register.sqlite"
    return Database(f"sqlite:{file}", sqlite_rows(file), file)


def test_packed_files_are_unpacked_on_the_way(embedded, tmp_path):
    plain = Files.generated(tmp_path / "files", 2000, 1)
    assert take(plain, embedded.url).returncode == DONE
    wanted = fingerprint(embedded.rows)
    packed = Files(tmp_path / "packed")
    packed.customers.write_bytes(gzip.compress(plain.customers.read_bytes()))
    words = ["zstd", "-q", str(plain.policies), "-o", str(packed.policies)]
    subprocess.run(words, check=True, timeout=60)
    other = tmp_path / "packed.sqlite"
    done = take(packed, f"sqlite:{other}")
    assert done.returncode == DONE, done.stderr
    assert fingerprint(sqlite_rows(other)) == wanted


@pytest.mark.parametrize("kind", ["customers", "policies"])
def test_either_file_comes_through_a_pipe(embedded, tmp_path, kind):
    files = Files.generated(tmp_path / "files", 2000, 1)
    assert take(files, embedded.url).returncode == DONE
    wanted = fingerprint(embedded.rows)
    other = tmp_path / "piped.sqlite"
    words = import_words(files)
    file = getattr(files, kind)
    words[words.index(str(file))] = "-"
    done = run(words, f"sqlite:{other}", input=file.read_bytes())
    assert done.returncode == DONE, done.stderr
    assert fingerprint(sqlite_rows(other)) == wanted


@pytest.mark.parametrize("program", ["gzip", "zstd"])
def test_a_packed_file_that_is_cut_off_changes_nothing(embedded, tmp_path, program):
    files = Files.generated(tmp_path / "files", 2000, 1)
    packed = subprocess.run(
        [program, "-c", str(files.customers)], check=True, capture_output=True, timeout=60
    ).stdout
    files.customers.write_bytes(packed[: len(packed) * 97 // 100])
    done = take(files, embedded.url)
    assert done.returncode == UNAVAILABLE, done.stdout + done.stderr
    assert f"{program} cannot unpack it" in done.stderr
    assert embedded.rows("SELECT * FROM register_customer") == []


@pytest.mark.parametrize("value", ["-1", "101", "99999999999999999999", "9223372036854775807", "5.5", ""])
@pytest.mark.parametrize(
    "guard", ["reject", "delete", "change", "owner-change", "emptied", "garbled"]
)
def test_what_is_no_percentage_is_refused_before_anything_is_read(tmp_path, guard, value):
    words = ["register", "import", "--customers", "/nowhere", "--policies", "/nowhere"]
    done = run([*words, f"--max-{guard}-percent={value}"], f"sqlite:{tmp_path}/none.sqlite")
    assert done.returncode == USAGE, done.stderr
    assert done.stderr


def test_what_the_operator_decides_reaches_the_import(embedded, tmp_path):
    def files(name: str, customers: int, more: str = "") -> Files:
        rows = [f"{1_000_000 + number},,Nagy Éva,,,active\n" for number in range(customers)]
        return Files(tmp_path / name).write("".join(rows) + more)

    assert take(files("whole", 100), embedded.url).returncode == DONE
    fewer = files("fewer", 90)
    refused = take(fewer, embedded.url)
    assert refused.returncode == REFUSED and "--force removals" in refused.stderr
    settings = tmp_path / "belepo.yaml"
    settings.write_text("register:\n  maxDeletePercent: 10\n")
    keyed = take(fewer, embedded.url, "--config", str(settings), "--dry-run")
    assert keyed.returncode == DONE, keyed.stderr
    narrower = ("--config", str(settings), "--max-delete-percent", "9")
    assert take(fewer, embedded.url, *narrower).returncode == REFUSED
    reason = ("--reason", "portfolio sold")
    assert take(fewer, embedded.url, "--force", "phones", *reason).returncode == REFUSED
    assert take(fewer, embedded.url, "--force", "removals").returncode == USAGE
    assert take(fewer, embedded.url, "--force", "removals", *reason).returncode == DONE
    told = run(["register", "history", "--format", "json"], embedded.url)
    last = json.loads(told.stdout)[0]
    assert (last["forced"], last["reason"]) == (["removals"], "portfolio sold")

    bad = files("bad", 100, "bad,,Kis Pál,,,active\n")
    partly = take(bad, embedded.url, "--rejects", str(tmp_path / "r.csv"))
    assert partly.returncode == WITH_REJECTS, partly.stderr
    written = tmp_path / "r-customers.csv"
    assert written.read_text(encoding="utf-8").splitlines()[1].startswith("bad,,Kis Pál,,,active,102,")
    assert written.stat().st_mode & 0o777 == 0o600
    assert take(bad, embedded.url, "--accept-rejects").returncode == DONE


# Hostile files (attack 84).

ONE = "1234567,,Nagy Éva,+36301234567,,active\n"
HOSTILE = {
    "nothing at all": b"",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "NUL bytes": b"\0" * 4096,
    "a million columns": b"a," * 1_000_000 + b"a\n",
    "random bytes": random.Random(84).randbytes(300_000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_register_file_changes_nothing(embedded, tmp_path, content):
    good = Files(tmp_path / "good").write(ONE)
    assert take(good, embedded.url).returncode == DONE
    before = fingerprint(embedded.rows)
    hostile = Files(tmp_path / "hostile").write(ONE)
    hostile.customers.write_bytes(content)
    done = take(hostile, embedded.url)
    assert done.returncode == REFUSED, done.stdout + done.stderr
    assert "customers.csv, line 1" in done.stderr
    assert fingerprint(embedded.rows) == before


def test_a_line_of_a_gigabyte_is_a_reject_in_little_memory(embedded, tmp_path):
    files = Files(tmp_path / "files").write(ONE)
    head = files.customers.read_bytes()
    through = pipe(tmp_path / "customers.pipe")
    words = import_words(files, "--max-reject-percent", "100")
    words[words.index(str(files.customers))] = str(through)
    with Running(words, embedded.url) as running, open(through, "wb", buffering=0) as end:
        end.write(head + b"7654321,,")
        piece = b"x" * 2**20
        for _ in range(int(os.environ.get("DRILL_LINE_MEGABYTES", "16"))):
            end.write(piece)
        end.write(b",,,active\n" + ONE.replace("1234567", "7654322").encode())
        peak = _peak_megabytes(running.process.pid)
        end.close()
        running.wait()
    assert running.process.returncode == 2, running.said
    assert "line 3" in running.said and "longer than 4096 bytes" in running.said
    assert len(embedded.rows("SELECT * FROM register_customer")) == 2
    assert peak < 150, f"{peak} MB"


def _peak_megabytes(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"): return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


ROWS = {
    "bad UTF-8": (b"7654321,,Nagy Ern\xf5,,,active\n", "line 3", 1),
    "a NUL byte": (b"7654321,,Nagy\0Ern,,,active\n", "line 3, name", 1),
    "the same number again": (ONE.encode(), "line 3, customer_number", 1),
    "the same number in other letters": (b"123-4567,,Kis Ida,,,active\n", "line 3, customer_number", 1),
    "too many columns": (b"7654321,,Nagy Ida,,,active,,,\n", "line 3", 1),
    "a line end in a name": (b'7654321,,"Nagy\nIda",,,active\n', "line 3, name", 1),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_hostile_row_is_told_by_its_line_and_costs_nobody_else(embedded, tmp_path, row):
    content, place, rejected = row
    files = Files(tmp_path / "files").write(ONE.encode() + content + ONE.replace("1234567", "7654329").encode())
    assert take(files, embedded.url).returncode == REFUSED
    assert embedded.rows("SELECT * FROM register_customer") == []
    done = take(files, embedded.url, "--max-reject-percent", "100")
    assert done.returncode == 2, done.stderr
    assert place in done.stdout
    kept = embedded.rows("SELECT customer_number AS number FROM register_customer ORDER BY 1")
    assert [each["number"] for each in kept] == ["1234567", "7654329"]


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(1;2)", "＝1", "<script>alert(1)</script>"])
def test_formulas_are_names_like_any_other(embedded, tmp_path, text):
    """Attack 83: nothing of ours reads them; what goes into a spreadsheet again is marked there."""
    files = Files(tmp_path / "files").write(f'1234567,,"{text}",,,active\n')
    assert take(files, embedded.url).returncode == DONE
    assert embedded.rows("SELECT name FROM register_customer") == [{"name": text}]


# Without a register, and with an old one.


class Watched(Server):
    """An instance that is up, whether it is ready or not."""

    def is_ready(self) -> bool:
        return status_of(self.management_port, "/livez") == 200

    def readiness(self) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.management_port, timeout=60)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def told(self, event: str) -> list[dict]:
        """The lines of the log about an event."""
        lines = [json.loads(line) for line in self.log_lines(f'"{event}"')]
        return [line for line in lines if line.get("event") == event]


def watched(database: Database) -> Watched:
    return Watched(
        database.url,
        BELEPO_SMS_GATEWAY="kannel",
        BELEPO_MAIL_FROM="portal@pelda.example",
        BELEPO_MESSAGES_DISPATCHER="separate",
    )


def test_without_a_register_nothing_is_ready_and_the_log_says_why(database, tmp_path):
    assert run(["migrate"], database.url).returncode == DONE
    with watched(database) as instance:
        status, words = instance.readiness()
        assert status == 503 and "there is no register" in words
        wait_until(lambda: instance.told("register_missing"), "the log says so")
        files = Files.generated(tmp_path / "files", 10, 1)
        assert take(files, database.url).returncode == DONE
        assert instance.readiness() == (200, "ok\n")
        assert metrics(instance)["belepo_register_age_seconds"] < GUARD_SECONDS


@pytest.mark.parametrize(
    "hours, level", [(35, None), (37, "warning"), (71, "warning"), (73, "critical")]
)
def test_an_old_register_is_told_of(embedded, tmp_path, hours, level):
    files = Files.generated(tmp_path / "files", 10, 1)
    assert take(files, embedded.url).returncode == DONE
    with contextlib.closing(sqlite3.connect(embedded.file)) as connection, connection:
        connection.execute("UPDATE register_state SET imported_at = imported_at - ?", (hours * HOUR,))
    with watched(embedded) as instance:
        age = metrics(instance)["belepo_register_age_seconds"]
        assert hours * 3600 <= age < (hours + 1) * 3600
        if level:
            wait_until(lambda: instance.told("register_old"), "the log says so")
            assert instance.told("register_old")[0]["level"] == level
        else:
            # The same look at the register has come to its end when the instance is up and stops.
            assert instance.stop() == 0
            assert not instance.told("register_old")
