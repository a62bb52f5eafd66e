"""Imports of made-up registers beside the engines' own loaders, with the same files in the same run;
then how long staff wait for a search in one.

    python3 Benchmarks/register.py [CUSTOMERS …]

On SQLite always, on PostgreSQL if POSTGRES_FOR_TESTS names one.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engines import Embedded
from installation import installation
from processes import PROGRAM
from register_pages import People
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
    for guard in ("delete", "change", "emptied"):
        words += [f"--max-{guard}-percent", "100"]
    for kind in KINDS:
        words += [f"--{kind}", files[kind]]
    return Run(words, environment)


def look_up_microseconds(database, file):
    """One customer by number, as the first page asks for, in the embedded register."""
    import sqlite3

    with open(file, encoding="utf-8") as lines:
        next(lines)
        numbers = [line[:7] for line, _ in zip(lines, range(LOOK_UPS))]
    connection = sqlite3.connect(database)
    query = (
        "SELECT name FROM register_customer WHERE customer_number = ?"
        " AND generation = (SELECT generation FROM register_state)"
    )
    started = time.perf_counter()
    for number in numbers:
        if connection.execute(query, (number,)).fetchone() is None:
            raise RuntimeError("a customer is not in the register")
    return (time.perf_counter() - started) / len(numbers) * 1e6


def tell(name, run, rows, beside=None):
    words = f"{name:34} {run.seconds:8.1f} s {rows / run.seconds:12,.0f} rows/s"
    words += f" {run.megabytes:6.0f} MB"
    if beside:
        words += f"   {beside.seconds / run.seconds:5.2f} of the loader"
    print(words, flush=True)


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


def measure(count):
    print(f"\n{count:,} customers; {platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        files, others = generated(folder / "files", count, 1), generated(folder / "others", count, 2)
        rows = 2 * count + count // 5
        url = os.environ.get("POSTGRES_FOR_TESTS")

        raw = raw_sqlite(folder, files)
        tell("sqlite3 .import", raw, rows)
        embedded = Embedded(folder)
        tell("first import, embedded", imported(embedded.url, files, folder), rows, raw)
        tell("the same again, embedded", imported(embedded.url, files, folder), rows, raw)
        print(f"a look-up: {look_up_microseconds(folder / 'belepo.sqlite', files['customers']):.1f} µs")
        embedded.drop()
        (folder / "raw.sqlite").unlink()
        print("pages, embedded")
        pages_while_importing(None, files, others, folder, count)

        if url:
            raw = raw_postgres(url, files)
            tell("psql COPY", raw, rows)
            tell("first import, PostgreSQL", imported(url, files, folder), rows, raw)
            tell("the same again, PostgreSQL", imported(url, files, folder), rows, raw)
            print("pages, PostgreSQL")
            pages_while_importing(url, files, others, folder, count)


def main():
    for count in [int(word) for word in sys.argv[1:]] or [CUSTOMERS]:
        measure(count)


main()
