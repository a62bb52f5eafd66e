"""Two PostgreSQL under Patroni with three etcd, as Debian brings them, with the file of deploy/patroni."""

import contextlib
import http.client
import json
import os
import signal
import subprocess

from parts import (
    Folder,
    Instance,
    Wire,
    as_postgres,
    give_to_postgres,
    replaced,
    server_processes,
)
from ports import reserved_ports
from program import ROOT
from waiting import GUARD_SECONDS, wait_until

FILE = ROOT / "deploy" / "patroni" / "patroni.yml"

DEBIANS_PATRONI = "/usr/bin/patroni"
# Another one, for a trial.
PATRONI = os.environ.get("FAILOVER_PATRONI", DEBIANS_PATRONI)

# How much of what a machine has said is told: a fault's beginning and its end.
FIRST_LINES, LAST_LINES = 150, 60

# What a server is asked about itself when something went wrong: nothing of it waits for a lock or
# writes. Who waits for whom, and for what; no more than so many rows.
QUESTIONS = (
    "SELECT pg_is_in_recovery(), current_setting('synchronous_standby_names') AS waits_for,"
    " pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()",
    "SELECT state, wait_event_type, wait_event, count(*), max(now() - xact_start) AS longest"
    " FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 LIMIT 20",
    "SELECT pid, state, wait_event_type, wait_event, now() - xact_start AS age,"
    " pg_blocking_pids(pid) AS waits_for, left(regexp_replace(query, '\\s+', ' ', 'g'), 80) AS query"
    " FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
    " ORDER BY xact_start LIMIT 40",
    "SELECT locktype, relation::regclass, mode, pid, now() - waitstart AS age"
    " FROM pg_locks WHERE NOT granted ORDER BY waitstart LIMIT 20",
    "SELECT application_name, state, sync_state, sent_lsn, flush_lsn, pg_current_wal_lsn()"
    " FROM pg_stat_replication LIMIT 5",
)
# Who is asked may stand still.
ANSWER_SECONDS = 5


class EtcdMember:
    """One of the three, which keeps what it knows over restarts."""

    def __init__(self, name: str):
        self.name = name
        self.folder = Folder(f"etcd-{name}")
        self.port, peers = reserved_ports(2)
        self.peer = f"http://127.0.0.1:{peers}"
        self.log = self.folder.path / "log"
        self.process: subprocess.Popen | None = None

    def start(self, everybody: str) -> None:
        url = f"http://127.0.0.1:{self.port}"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    "etcd", "--name", self.name, "--data-dir", str(self.folder.path / "data"),
                    "--listen-client-urls", url, "--advertise-client-urls", url,
                    "--listen-peer-urls", self.peer, "--initial-advertise-peer-urls", self.peer,
                    "--initial-cluster", everybody, "--unsafe-no-fsync", "--enable-v2",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def status(self) -> dict:
        """What it says of itself and of who leads; nothing while it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("POST", "/v3/maintenance/status", "{}")
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else {}
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()

    @property
    def is_leader(self) -> bool:
        status = self.status()
        return status.get("leader", "0") == status.get("header", {}).get("member_id")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


class Etcd:
    """Three, so that two agree when one is gone."""

    def __init__(self):
        self.members = [EtcdMember(name) for name in ("one", "two", "three")]
        self.start()
        try:
            self.leader()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Those that do not run."""
        everybody = ",".join(f"{each.name}={each.peer}" for each in self.members)
        for each in self.members:
            if each.process is None or each.process.poll() is not None:
                each.start(everybody)

    def leader(self) -> EtcdMember:
        found = []

        def has_one() -> bool:
            found[:] = [each for each in self.members if each.is_leader]
            return len(found) == 1

        wait_until(has_one, "one of etcd leads", pause=0.2)
        return found[0]

    def close(self) -> None:
        for each in self.members:
            each.kill()
            each.folder.remove()


class Member:
    """One machine: Patroni and its PostgreSQL.

    What it says to etcd and to the other machine, and they to it, goes through wires. Who is no part
    of the cluster calls its ports directly.
    """

    def __init__(self, name: str, etcd: Etcd):
        self.name = name
        self.folder = Folder(f"member-{name}")
        give_to_postgres(self.folder.path)
        self.port, self.rest_port = reserved_ports(2)
        self.to_etcd = [Wire(each.port) for each in etcd.members]
        self.to_server, self.to_patroni = Wire(self.port), Wire(self.rest_port)
        own = self.folder.path
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.to_etcd)
        values = {
            "name: a\n": f"name: {name}\n",
            "  listen: 192.0.2.11:8008\n": f"  listen: 127.0.0.1:{self.rest_port}\n",
            "connect_address: 192.0.2.11:8008": f"connect_address: 127.0.0.1:{self.to_patroni.port}",
            # Or it asked etcd for its addresses, and called them instead of the wires.
            "192.0.2.11:2379,192.0.2.12:2379,192.0.2.13:2379": f"{hosts}\n  use_proxies: true",
            "  listen: 192.0.2.11:5432\n": f"  listen: 127.0.0.1:{self.port}\n",
            "connect_address: 192.0.2.11:5432": f"connect_address: 127.0.0.1:{self.to_server.port}",
            "/var/lib/postgresql/15/belepo": f"{own}/data",
            "/var/lib/postgresql/patroni.pgpass": f"{own}/pgpass",
            "unix_socket_directories: /var/run/postgresql": f"unix_socket_directories: {own}",
            "local all postgres peer": "local all all trust",
            "hostssl all all 192.0.2.0/24 scram-sha-256": "host all all 127.0.0.1/32 trust",
            "hostssl replication replicator 192.0.2.0/24 scram-sha-256": (
                "host replication replicator 127.0.0.1/32 trust"
            ),
            "- data-checksums": '- data-checksums\n    - wal-segsize: "1"',
            "mode: automatic": 'mode: "off"',
        }
        self.configuration = own / "patroni.yml"
        self.configuration.write_text(replaced(FILE.read_text(), values))
        # PostgreSQL says what it has to say here, too.
        self.log = own / "patroni.log"
        self._marked = 0
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                as_postgres(PATRONI, str(self.configuration)),
                cwd=self.folder.path, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def mark(self) -> None:
        """What it says from now on is the next fault's."""
        self._marked = self.log.stat().st_size if self.log.exists() else 0

    def said(self) -> str:
        """What Patroni and PostgreSQL have said since the mark."""
        if not self.log.exists():
            return f"{self.name} has said nothing"
        with self.log.open("rb") as log:
            log.seek(self._marked)
            lines = log.read().decode(errors="replace").splitlines()
        if len(lines) > FIRST_LINES + LAST_LINES:
            lines[FIRST_LINES:-LAST_LINES] = ["…"]
        return "\n".join([f"{self.name}:", *lines])

    def state(self) -> dict:
        """What Patroni says of it; nothing while it does not answer."""
        return self._asked("/patroni")

    def _asked(self, path: str) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.rest_port, timeout=3)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()

    def picture(self) -> str:
        """How Patroni sees the cluster, and what its server does this moment."""
        seen = json.dumps(self._asked("/cluster"))[:3000]
        answers = self._psql(*(part for question in QUESTIONS for part in ("-c", question)))
        return "\n".join([f"{self.name} sees {seen}", f"{self.name} does:", *answers])

    @property
    def waits_for(self) -> str:
        """Who must have what it writes before it is acknowledged; nobody, or no answer, is nothing."""
        return self._psql("-A", "-t", "-c", "SHOW synchronous_standby_names")[0].strip()

    def _psql(self, *arguments: str) -> tuple[str, str]:
        """What the server has answered, and why it has not."""
        url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres?sslmode=disable&connect_timeout=3"
        command = ["psql", "-X", "-q", *arguments, url]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            return "", f"no answer within {ANSWER_SECONDS} s"
        return done.stdout, done.stderr

    @property
    def is_leader(self) -> bool:
        state = self.state()
        return state.get("role") in ("master", "primary") and state.get("state") == "running"

    @property
    def is_synchronous(self) -> bool:
        state = self.state()
        return bool(state.get("sync_standby")) and state.get("state") == "running"

    def signal_server(self, number: int) -> None:
        """All of its processes; it stands still first, so that it starts no child that is missed."""
        for each in (signal.SIGSTOP, number):
            for pid in server_processes(self.folder.path / "data"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, each)

    def _signal_patroni(self, number: int) -> None:
        """And what it runs, as pg_rewind; a server that it has started is in a group of its own."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill_machine(self) -> None:
        """Power is gone: Patroni and PostgreSQL at once."""
        self._signal_patroni(signal.SIGKILL)
        self.signal_server(signal.SIGKILL)
        self.process.wait()

    def pause_machine(self) -> None:
        self._signal_patroni(signal.SIGSTOP)
        self.signal_server(signal.SIGSTOP)

    def resume_machine(self) -> None:
        self.signal_server(signal.SIGCONT)
        self._signal_patroni(signal.SIGCONT)

    def close(self) -> None:
        if self.process:
            self.kill_machine()
        for each in (*self.to_etcd, self.to_server, self.to_patroni):
            each.close()
        self.folder.remove()


class Cluster:
    """Both, and where a program finds whoever is the leader."""

    def __init__(self):
        self.etcd = Etcd()
        self.members = [Member(name, self.etcd) for name in "ab"]
        try:
            with self.telling():
                self.members[0].start()
                wait_until(lambda: self.members[0].is_leader, "the first one leads", pause=0.3)
                self.members[1].start()
                self.wait_until_synchronous()
            for statement in (
                "CREATE ROLE belepo LOGIN",
                "CREATE DATABASE belepo OWNER belepo ENCODING 'UTF8' TEMPLATE template0",
            ):
                self.as_superuser(statement)
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.members)
        return (
            f"postgresql://belepo@{hosts}/belepo?target_session_attrs=read-write"
            "&sslmode=disable&gssencmode=disable&connect_timeout=2"
        )

    def as_superuser(self, statement: str) -> None:
        url = self.url.replace("belepo@", "postgres@").replace("/belepo?", "/postgres?")
        done = subprocess.run(["psql", "-X", "-q", "-c", statement, url], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def leader(self) -> Member:
        found = []

        def has_one() -> bool:
            found[:] = [each for each in self.members if each.is_leader]
            return len(found) == 1

        wait_until(has_one, "one of them leads", pause=0.2)
        return found[0]

    def standby(self) -> Member:
        leader = self.leader()
        return next(each for each in self.members if each is not leader)

    def mark(self) -> None:
        for each in self.members:
            each.mark()

    def picture(self) -> str:
        """What both machines have said since the mark, and what they do now."""
        said = [each.said() for each in self.members]
        return "\n\n".join(said + [each.picture() for each in self.members])

    @contextlib.contextmanager
    def telling(self, *instances: Instance):
        """Whatever fails within, the machines are asked at once, before anything else is done.

        So are the instances: an answer of theirs may have nothing to do with the database.
        """
        try:
            yield
        except BaseException:
            print(self.picture(), *(each.log_tail() for each in instances), sep="\n\n", flush=True)
            raise

    def wait_until_synchronous(self, seconds: float = GUARD_SECONDS) -> float:
        return wait_until(
            lambda: any(each.is_leader for each in self.members)
            and any(each.is_synchronous for each in self.members),
            "the other one has all that is acknowledged",
            seconds,
            pause=0.3,
        )

    def switch_over(self) -> None:
        leader, standby = self.leader(), self.standby()
        _tell(leader, "/switchover", {"leader": leader.name, "candidate": standby.name})

    def make_standby_anew(self) -> None:
        """`patronictl reinit` of the run book: a copy of the leader."""
        _tell(self.standby(), "/reinitialize", {"force": True})

    def cut_off(self, member: Member, is_heard: bool = False, hears: bool = False) -> None:
        """Nothing goes between a machine and both etcd and the other one, but in a direction that is left.

        Whoever is served by it still reaches it: that is the harder case.
        """
        (other,) = (each for each in self.members if each is not member)
        # It calls etcd and the other machine, and is called by that.
        for each in (*member.to_etcd, other.to_server, other.to_patroni):
            each.cut(forth=not is_heard, back=not hears)
        for each in (member.to_server, member.to_patroni):
            each.cut(forth=not hears, back=not is_heard)

    def mend(self) -> None:
        for member in self.members:
            for each in (*member.to_etcd, member.to_server, member.to_patroni):
                each.mend()

    def close(self) -> None:
        self.mend()
        for each in self.members:
            each.close()
        self.etcd.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _tell(member: Member, path: str, what: dict) -> None:
    """As patronictl does."""
    connection = http.client.HTTPConnection("127.0.0.1", member.rest_port, timeout=60)
    try:
        connection.request("POST", path, json.dumps(what), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        words = answer.read().decode()
        assert answer.status in (200, 202), f"{path}: {answer.status} {words}"
    finally:
        connection.close()
