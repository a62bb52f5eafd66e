"""How long backup and restore of a large installation take, on both engines, by the commands of
docs/operations/backup.md.

    python3 Benchmarks/restore.py        against .build/release/belepo, or BELEPO_PROGRAM

RESTORE_ACCOUNTS says how large (a million); its register has ten customers for each. On SQLite
always, on PostgreSQL if POSTGRES_FOR_TESTS names one. Takes some gigabytes in the temporary folder.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import growth_rows
from customers import Strangers, register
from installation import installation
from portal_client import Browser
from post_office import Counter
from report import heading, load_of_the_machine, print_columns

ACCOUNTS = int(os.environ.get("RESTORE_ACCOUNTS", "1000000"))
CUSTOMERS = 10 * ACCOUNTS
IMPORTED = min(10_000, CUSTOMERS)
# Database, backup, what was restored and what was there before.
BYTES_OF_AN_ACCOUNT = 40_000
SEALING_SECONDS = 4 * 3600
WHO = ("--by", "bench", "--reason", "measurement")


class Clock:
    """Rows of a table: what was done, for how many seconds, and how large it has become."""

    def __init__(self):
        self.rows = [("step", "seconds", "MB")]

    def time(self, name, work, *arguments, size=None):
        began = time.monotonic()
        work(*arguments)
        seconds = time.monotonic() - began
        self.rows.append((name, f"{seconds:.1f}", f"{size():.0f}" if size else ""))


def main():
    print(f"belepo restore, {ACCOUNTS} accounts,", load_of_the_machine())
    need = ACCOUNTS * BYTES_OF_AN_ACCOUNT
    if shutil.disk_usage(tempfile.gettempdir()).free < need:
        sys.exit(f"{need / 1e9:.0f} GB are needed in {tempfile.gettempdir()}")
    urls = [None]
    if "POSTGRES_FOR_TESTS" in os.environ:
        urls.append(os.environ["POSTGRES_FOR_TESTS"])
    for url in urls:
        with installation(url) as installed:
            heading(f"{CUSTOMERS} customers, {ACCOUNTS} accounts, {installed.engine.name}")
            clock = Clock()
            make(installed, clock)
            steps = back_up_and_restore_postgres if url else back_up_and_restore_embedded
            steps(installed, clock)
            server = installed.serve()
            clock.rows.append(("start until it is ready", f"{server.start_seconds:.1f}", ""))
            print_columns(clock.rows)


def make(installed, clock):
    """One whole registration, its copies, and the seals that the program itself puts on them."""
    installed.strangers = Strangers(growth_rows.who_registers(CUSTOMERS))
    installed.import_register(IMPORTED)
    growth_rows.add_customers(installed.engine, IMPORTED, CUSTOMERS)
    server = installed.serve()
    browser, counter = Browser(server.port), Counter(installed.post.counter_port)
    register(browser, counter, installed.strangers.next())
    counter.close()
    browser.close()
    installed.wait_until_sent()
    installed.stop(server)
    growth_rows.add_accounts(installed.engine, ACCOUNTS, is_sealed=False)
    server = installed.serve()
    clock.time("sealing, by the server", wait_until_sealed, installed)
    installed.stop(server)
    installed.engine.settle()
    clock.rows.append(("the database", "", f"{installed.engine.megabytes():.0f}"))


def wait_until_sealed(installed):
    streams = ("declaration", "audit_event")
    newest = {each: int(installed.engine.value(f"SELECT max(id) FROM {each}")) for each in streams}
    end = time.monotonic() + SEALING_SECONDS
    for stream, last in newest.items():
        sealed = f"SELECT coalesce(max(last_id), 0) FROM audit_seal WHERE stream = '{stream}'"
        while int(installed.engine.value(sealed)) < last:
            if time.monotonic() > end:
                raise RuntimeError(f"{stream} is not sealed after {SEALING_SECONDS} s")
            time.sleep(1)


def back_up_and_restore_embedded(installed, clock):
    folder = installed.folder / "backup"
    server = installed.serve()
    size = lambda: megabytes(*folder.iterdir())  # noqa: E731
    clock.time("belepo backup, while it is served", installed.run, "backup", folder, size=size)
    installed.stop(server)
    clock.time("belepo restore", installed.run, "restore", folder, *WHO)


def back_up_and_restore_postgres(installed, clock):
    file, url = installed.folder / "belepo.dump", installed.engine.url
    server = installed.serve()
    dump = ["pg_dump", "--format=custom", f"--file={file}", url]
    clock.time("pg_dump, while it is served", outside, dump, size=lambda: megabytes(file))
    installed.stop(server)
    options = ["--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction"]
    clock.time("pg_restore", outside, ["pg_restore", *options, f"--dbname={url}", str(file)])
    clock.time("belepo restore --settle", installed.run, "restore", "--settle", *WHO)
    clock.time("belepo audit verify", installed.run, "audit", "verify")


def outside(command):
    """A tool of PostgreSQL's, to its end."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ends with {done.returncode}: {done.stderr}")


def megabytes(*files):
    return sum(Path(file).stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
