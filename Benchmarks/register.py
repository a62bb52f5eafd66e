"""Imports of made-up registers beside the engines' own loaders, with the same files in the same run;
then how long customers wait for pages meanwhile, and staff for a search in one.

    python3 Benchmarks/register.py [CUSTOMERS …]

On SQLite always, on PostgreSQL if POSTGRES_FOR_TESTS names one.
"""

import contextlib
import itertools
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engines import Embedded, Postgres, psql
from installation import installation
from processes import PROGRAM
from register_pages import People
from report import Figures, heading
from staff_searches import measure_searches

CUSTOMERS = 10_000_000
LOOK_UPS = 2_000
KINDS = ("customers", "policies")


class Run:
    """A command, how long it took and how much memory it had at its peak."""

    def __init__(self, words, environment=None, text=None):
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in words],
            env=environment,
            stdin=subprocess.PIPE if text else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        if text:
            process.stdin.write(text.encode())
            process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.perf_counter() - started
        self.megabytes = usage.ru_maxrss / 1024
        if process.returncode != 0:
            raise RuntimeError(f"{words[0]} ended with {process.returncode}")


def header(file):
    with open(file, encoding="utf-8") as lines:
        return lines.readline().strip().split(",")


def raw_sqlite(folder, files):
    """The files as they are, into tables without any index."""
    script = "PRAGMA journal_mode = WAL;\n.mode csv\n"
    for kind in KINDS:
        script += f".import {files[kind]} {kind}\n"
    return Run(["sqlite3", folder / "raw.sqlite"], text=script)


def raw_postgres(url, files):
    script = ""
    for kind in KINDS:
        columns = ", ".join(f"{name} text" for name in header(files[kind]))
        script += f"DROP TABLE IF EXISTS raw_{kind}; CREATE TABLE raw_{kind} ({columns});\n"
        script += f"\\copy raw_{kind} FROM '{files[kind]}' WITH (FORMAT csv, HEADER true)\n"
    return Run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url], text=script)


def imported(url, files, folder):
    environment = dict(os.environ, BELEPO_DATABASE_URL=url, TMPDIR=str(folder))
    words = [PROGRAM, "register", "import"]
    # Other people than before: every guard would object.
    for guard in ("delete", "change", "owner-change", "emptied"):
        words += [f"--max-{guard}-percent", "100"]
    for kind in KINDS:
        words += [f"--{kind}", files[kind]]
    return Run(words, environment)


def some_numbers(file, count):
    """Of customers from all over the file, in no order."""
    with open(file, encoding="utf-8") as lines:
        some = itertools.islice(lines, 1, None, max(1, count // LOOK_UPS))
        numbers = [line[:7] for line in itertools.islice(some, LOOK_UPS)]
    random.Random(1).shuffle(numbers)
    return numbers


# One customer by number, as the first page asks for.
LOOK_UP = (
    "SELECT name {into} FROM register_customer WHERE customer_number = {number}"
    " AND generation = (SELECT generation FROM register_state)"
)


def sqlite_look_up(database, numbers):
    """In microseconds."""
    query = LOOK_UP.format(into="", number="?")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        started = time.perf_counter()
        for number in numbers:
            if connection.execute(query, (number,)).fetchone() is None:
                raise RuntimeError("a customer is not in the register")
        return (time.perf_counter() - started) / len(numbers) * 1e6


def postgres_look_up(url, numbers):
    """In microseconds, without the way to the server and back."""
    query = LOOK_UP.format(into="INTO STRICT found", number="wanted")
    listed = ", ".join(f"'{number}'" for number in numbers)
    block = (
        "DECLARE wanted text; found text; began timestamptz := clock_timestamp(); BEGIN"
        f" FOREACH wanted IN ARRAY ARRAY[{listed}] LOOP {query}; END LOOP;"
        " PERFORM set_config('bench.seconds',"
        " extract(epoch FROM clock_timestamp() - began)::text, false); END"
    )
    told = psql(url, f"DO $${block}$$; SELECT current_setting('bench.seconds')")
    return float(told) / len(numbers) * 1e6


def tell(name, run, rows):
    words = f"{name:46} {run.seconds:8.1f} s {rows / run.seconds:12,.0f} rows/s"
    print(f"{words} {run.megabytes:6.0f} MB", flush=True)


def generated(folder, count, seed):
    folder.mkdir(exist_ok=True)
    words = [PROGRAM, "register", "generate", "--customers", count, "--seed", seed, "--out", folder]
    Run(words)
    return {kind: folder / f"{kind}.csv" for kind in KINDS}


def pages_while_importing(postgres_url, files, others, folder, count):
    """The register of others is replaced by a whole one while people use the site; then staff search
    in it.
    """
    with installation(postgres_url) as installed:
        imported(installed.engine.url, others, folder)
        server = installed.serve()
        with People(server) as people:
            time.sleep(5)
        print(f"  before: {people.told()}")
        with People(server) as people:
            run = imported(installed.engine.url, files, folder)
        print(f"  while importing for {run.seconds:.1f} s: {people.told()}", flush=True)
        measure_searches(installed, files, count)


# By engine: in how large a register, and how long it took.
first_look_ups = {}


def measure_engine(engine, raw, look_up, files, folder, count, figures):
    """Imports beside the loader, which has told how long it took, and a look-up afterwards."""
    rows = 2 * count + count // 5
    for name in ("first import", "the same again"):
        run = imported(engine.url, files, folder)
        tell(f"{name}, {engine.name}", run, rows)
        share = raw.seconds / run.seconds
        figures.add(f"{name}, rows a second beside the loader", share, at_least=0.33)
        figures.add(f"{name}, memory at its peak", run.megabytes, "MB", at_most=100)
    microseconds = look_up(some_numbers(files["customers"], count))
    figures.add("a look-up", microseconds, "µs")
    first = first_look_ups.setdefault(type(engine), (count, microseconds))
    if first[0] < count:
        name = f"a look-up beside that in {first[0]:,} customers"
        figures.add(name, microseconds / first[1], at_most=1.5)


def measure(count):
    heading(f"Import of {count:,} customers; {platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        files, others = generated(folder / "files", count, 1), generated(folder / "others", count, 2)
        rows = 2 * count + count // 5
        figures = Figures()
        raw = raw_sqlite(folder, files)
        tell("sqlite3 .import", raw, rows)
        embedded = Embedded(folder)
        database = folder / "belepo.sqlite"
        measure_engine(
            embedded, raw, lambda some: sqlite_look_up(database, some), files, folder, count, figures
        )
        embedded.drop()
        (folder / "raw.sqlite").unlink()
        figures.print()
        print("pages, embedded")
        pages_while_importing(None, files, others, folder, count)
        if url := os.environ.get("POSTGRES_FOR_TESTS"):
            measure_postgres(url, files, others, folder, count)


def measure_postgres(url, files, others, folder, count):
    figures = Figures()
    # A database of its own for each size: a second register is not a first one.
    engine = Postgres(url)
    try:
        raw = raw_postgres(engine.url, files)
        tell("psql COPY", raw, 2 * count + count // 5)
        measure_engine(
            engine, raw, lambda some: postgres_look_up(engine.url, some), files, folder, count, figures
        )
    finally:
        engine.drop()
    figures.print()
    print("pages, PostgreSQL")
    pages_while_importing(url, files, others, folder, count)


def main():
    for count in [int(word) for word in sys.argv[1:]] or [CUSTOMERS]:
        measure(count)


if __name__ == "__main__":
    main()
