"""The register's files and its import, as an operator's nightly job has them."""

import hashlib
import os
import signal
import subprocess
from pathlib import Path

from program import environment, program

KINDS = ("customers", "policies")
HEADERS = {
    "customers": "customer_number,old_customer_number,name,sms_number,email,status",
    "policies": "policy_number,customer_number,product,status,valid_from,valid_to",
}
# The exit codes of an import (docs/register.md).
DONE, WITH_REJECTS, REFUSED, UNAVAILABLE, AGAIN, USAGE = 0, 2, 65, 69, 75, 64
# Only what hangs takes so long.
GUARD_SECONDS = 300


class Files:
    """The two files of a register, in a folder."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.customers = folder / "customers.csv"
        self.policies = folder / "policies.csv"

    @classmethod
    def generated(cls, folder: Path, customers: int, seed: int) -> "Files":
        files = cls(folder)
        words = ["register", "generate", "--customers", str(customers), "--seed", str(seed)]
        done = run(words + ["--out", str(folder)], "sqlite::memory:")
        assert done.returncode == DONE, done.stderr
        return files

    def write(
        self, customers: str | bytes, policies: str | bytes = b"", columns: str = ""
    ) -> "Files":
        """Rows below the usual header lines, which other columns may come before."""
        for kind, rows in (("customers", customers), ("policies", policies)):
            rows = rows.encode() if isinstance(rows, str) else rows
            head = columns + HEADERS[kind]
            getattr(self, kind).write_bytes(head.encode() + b"\n" + rows)
        return self


def run(words: list[str], database_url: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program(), *words],
        env=environment(BELEPO_DATABASE_URL=database_url),
        capture_output=True,
        timeout=GUARD_SECONDS,
        text=not isinstance(options.get("input"), bytes),
        **options,
    )


def import_words(files: Files, *more: str) -> list[str]:
    words = ["register", "import"]
    for kind in KINDS:
        words += [f"--{kind}", str(getattr(files, kind))]
    return words + list(more)


# Another seed makes other people: every guard would object, and none is the subject here.
ANYTHING = tuple(
    word
    for guard in ("reject", "delete", "change", "owner-change", "emptied", "garbled")
    for word in (f"--max-{guard}-percent", "100")
)


def take(files: Files, database_url: str, *more: str, **options) -> subprocess.CompletedProcess:
    return run(import_words(files, *more), database_url, **options)


class Running:
    """An import under way."""

    def __init__(self, words: list[str], database_url: str):
        self.process = subprocess.Popen(
            [program(), *words],
            env=environment(BELEPO_DATABASE_URL=database_url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def wait(self, seconds: float = GUARD_SECONDS) -> int:
        """For its end; answers with its exit code."""
        self.said = self.process.communicate(timeout=seconds)[0].decode(errors="replace")
        return self.process.returncode

    def signal(self, number: int) -> int:
        self.process.send_signal(number)
        return self.wait()

    def kill(self) -> int:
        return self.signal(signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


TABLES = {
    "register_customer": "customer_number, name, sms_number, email, status",
    "register_old_number": "old_number, customer_number",
    "register_policy": (
        "policy_number, written_number, customer_number, product, status, valid_from, valid_to"
    ),
}


def fingerprint(rows) -> str:
    """Of all that the register in use holds, in no order."""
    found = []
    for table, columns in TABLES.items():
        select = (
            f"SELECT {columns} FROM {table} WHERE generation = (SELECT generation FROM register_state)"
        )
        found += sorted(f"{table} {list(row.values())}" for row in rows(select))
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def strays(rows) -> int:
    """Rows that no register in use holds."""
    return sum(
        rows(
            f"SELECT COUNT(*) AS count FROM {table}"
            " WHERE generation <> (SELECT generation FROM register_state)"
        )[0]["count"]
        for table in TABLES
    )


def log_megabytes(database: Path) -> float:
    """Of the embedded database's log."""
    log = Path(f"{database}-wal")
    return log.stat().st_size / 2**20 if log.exists() else 0


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path
