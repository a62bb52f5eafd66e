"""The two engines: where an installation's database is, what it costs, and how to reach past the
program."""

import contextlib
import itertools
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from processes import cpu_seconds, cpu_seconds_of_children


class Embedded:
    """A file. What it costs is in the server's own account."""

    name = "the embedded database"
    counts_statements = False
    numbers = (
        "WITH RECURSIVE some(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM some WHERE i < {last})"
        " SELECT i FROM some"
    )

    def __init__(self, folder):
        self._file = Path(folder) / "belepo.sqlite"
        self.url = f"sqlite:{self._file}"

    def cpu_seconds(self):
        return 0.0

    def do(self, *statements):
        with contextlib.closing(sqlite3.connect(self._file)) as database, database:
            # Millions of rows: what is lost in a power cut is made anew.
            database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
            for statement in statements:
                database.execute(statement)

    def value(self, select):
        with contextlib.closing(sqlite3.connect(self._file)) as database:
            return database.execute(select).fetchone()[0]

    def columns(self, table):
        with contextlib.closing(sqlite3.connect(self._file)) as database:
            return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]

    def chance_of(self, number, length=32):
        """Bytes that are another number's by chance alone, in SQL."""
        return f"randomblob({length})"

    def settle(self):
        """Nothing looks after an embedded database."""

    def megabytes(self):
        return self._file.stat().st_size / 1e6

    def drop(self):
        for end in ("", "-wal", "-shm"):
            Path(f"{self._file}{end}").unlink(missing_ok=True)


class Postgres:
    """A database of its own in a server that is running on this machine."""

    name = "PostgreSQL on the same machine"
    counts_statements = True
    numbers = "SELECT generate_series({first}, {last}) AS i"
    _serial = itertools.count(1)

    def __init__(self, server_url):
        self._server = server_url
        self._name = f"bench_{next(self._serial)}"
        self.url = urlunsplit(urlsplit(server_url)._replace(path=f"/{self._name}"))
        folder = psql(server_url, "SHOW data_directory").strip()
        self._postmaster = int(Path(folder, "postmaster.pid").read_text().split("\n")[0])
        psql(server_url, f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        psql(server_url, f"CREATE DATABASE {self._name}")

    def cpu_seconds(self):
        """All of the server's processes: sessions, the log's writer, the vacuum."""
        return cpu_seconds(self._postmaster) + cpu_seconds_of_children(self._postmaster)

    def do(self, *statements):
        for statement in statements:
            psql(self.url, statement)

    def value(self, select):
        return psql(self.url, select).strip()

    def columns(self, table):
        select = f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass"
        return psql(self.url, select + " AND attnum > 0 AND NOT attisdropped").split()

    def chance_of(self, number, length=32):
        return f"substring(sha256(('{length}' || {number})::bytea) FROM 1 FOR {length})"

    def settle(self):
        """What the server does by itself within a minute of a great change, and then at any time."""
        psql(self.url, "VACUUM ANALYZE")
        psql(self.url, "CHECKPOINT")

    def megabytes(self):
        return int(self.value(f"SELECT pg_database_size('{self._name}')")) / 1e6

    def drop(self):
        psql(self._server, f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")


def psql(url, statement):
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url, "-c", statement]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800)
    return done.stdout
