"""The parts of an installation, each on free ports of this machine and stopped by its id.

PostgreSQL, a pooler, instances of Belépő, the two proxies with the configuration that docs/proxy
gives to operators, and a proxy of our own that breaks connections to the database.
"""

import base64
import contextlib
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from listener import Connection, Listener
from ports import reserved_ports
from program import ROOT, environment, program
from waiting import GUARD_SECONDS, wait_until

PROXY_FILES = ROOT / "docs" / "proxy"

# What the contract allows.
STOP_SECONDS = 20
# A debug build under load passes each point several times a second.
DEATH_SECONDS = 300
CUSTOMERS = 3000

# Codes that are lost with a killed instance are asked for again at once and often; a customer who
# logs in once more after a fault is not slowed down.
LENIENT = {
    "BELEPO_CODES_SMS_RESEND_AFTER": "1s",
    "BELEPO_LIMITS_SMS_PER_REGISTRATION": "20",
    "BELEPO_LIMITS_SMS_PER_NUMBER_PER_DAY": "100",
    "BELEPO_LIMITS_SMS_PER_CUSTOMER_PER_DAY": "100",
    "BELEPO_LIMITS_EMAILS_PER_ACCOUNT_PER_DAY": "50",
    "BELEPO_LIMITS_LOGIN_FAILURES_WITHOUT_DELAY": "10",
    "BELEPO_LIMITS_LOGIN_DELAY_MAX": "1s",
}
# One installation, one key: what one instance signed, the others verify.
SECRETS_KEY = base64.b64encode(bytes(range(32))).decode()


def built_killer(folder: Path) -> Path:
    """kill_at.c as a library to preload."""
    return built_library("kill_at", folder)


def built_library(name: str, folder: Path) -> Path:
    """A C file of this folder as a library to preload. Swift's toolchain brings the compiler."""
    library = folder / f"{name}.so"
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "no C compiler: neither clang nor cc is there"
    source = Path(__file__).parent / f"{name}.c"
    flags = ["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"]
    words = [compiler, *flags, "-o", str(library), str(source)]
    subprocess.run(words, check=True, timeout=GUARD_SECONDS)
    return library


def accepts_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
        return True
    except OSError:
        return False


def status_of(port: int, path: str, seconds: float = 60) -> int | None:
    """The status of an answer; nothing when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def end(process: subprocess.Popen, seconds: float = GUARD_SECONDS) -> int:
    """Asks a process to stop; kills it when it does not, and says so."""
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"{process.args[0]} did not stop within {seconds} s") from None


class Folder:
    """A folder of the part's own, gone with it."""

    def __init__(self, name: str):
        self.path = Path(tempfile.mkdtemp(prefix=f"belepo-drill-{name}-"))
        self.path.chmod(0o755)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


# PostgreSQL.


def as_postgres(*command: str) -> list[str]:
    """PostgreSQL and its pooler refuse to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def give_to_postgres(path: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def postmaster(data: Path) -> int | None:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        return pid if "postgres" in Path(f"/proc/{pid}/comm").read_text() else None
    except (OSError, ValueError, IndexError):
        return None


def server_processes(data: Path) -> list[int]:
    """The postmaster first, so that it starts no child that would be missed."""
    first = postmaster(data)
    if first is None:
        return []
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rsplit(")", 1)[1].split()[1]) == first:
                children.append(int(status.parent.name))
    return [first, *children]


class Postgres:
    """A server of its own: trusted on loopback, forgotten afterwards."""

    def __init__(self, data: Path | None = None, **settings: str):
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))
        assert installed, "PostgreSQL is missing: Drills/setup.sh"
        self.bin = installed[-1]
        self.folder = Folder("postgres")
        give_to_postgres(self.folder.path)
        self.data = data or self.folder.path / "data"
        self.log = self.folder.path / "server.log"
        (self.port,) = reserved_ports(1)
        # Nothing here outlives the run, so that nothing has to reach the disk.
        defaults = {"fsync": "off", "max_connections": "200", "shared_buffers": "64MB"}
        self.settings = defaults | settings
        try:
            self._run(
                "initdb", "-D", str(self.data), "-U", "belepo", "-A", "trust", "-E", "UTF8",
                "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1",
            )  # fmt: skip
            self.start()
            self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "belepo", "belepo")
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return postgres_url(self.port)

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        self._run(
            "pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "180", "start",
            "-o", f"-h 127.0.0.1 -p {self.port} -k {self.folder.path} {options}",
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "-t", "180", "stop")

    @property
    def is_running(self) -> bool:
        return postmaster(self.data) is not None

    def pause(self) -> None:
        """The server and all its children stand still: connections stay, and nothing answers."""
        for process in server_processes(self.data):
            os.kill(process, signal.SIGSTOP)

    def resume(self) -> None:
        for process in server_processes(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)

    def rows(self, select: str) -> list[dict]:
        """What a SELECT finds."""
        query = f"SELECT coalesce(json_agg(row), '[]') FROM ({select}) AS row"
        return json.loads(self.psql(query))

    def psql(self, statement: str) -> str:
        command = [*self._psql(), "-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextlib.contextmanager
    def locked(self, table: str):
        """Somebody holds a whole table."""
        process = subprocess.Popen(
            self._psql(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        try:
            process.stdin.write(f"BEGIN; LOCK TABLE {table}; SELECT 'locked';\n")
            for line in process.stdout:
                if line.strip() == "locked":
                    break
            yield
        finally:
            process.stdin.close()
            process.wait(60)

    def log_tail(self) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-30:])

    def close(self) -> None:
        if self.is_running:
            self.resume()
            with contextlib.suppress(AssertionError):
                self.stop()
        self.folder.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _psql(self) -> list[str]:
        return [str(self.bin / "psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", self.url]

    def _run(self, name: str, *arguments: str) -> None:
        # pg_ctl's server keeps what it was started with, so that nothing here is a pipe.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                as_postgres(str(self.bin / name), *arguments),
                cwd=self.folder.path, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                timeout=200,
            )  # fmt: skip
            output.seek(0)
            said = output.read().decode(errors="replace")
        assert done.returncode == 0, f"{name}: {said}\n{self.log_tail()}"


def postgres_url(port: int) -> str:
    # Nothing is encrypted, so that the Cutter can read along.
    return f"postgresql://belepo@127.0.0.1:{port}/belepo?sslmode=disable&gssencmode=disable"


class PgBouncer:
    """A pooler in transaction mode, with fewer sessions than the instances have connections."""

    def __init__(self, postgres: Postgres, sessions: int = 8):
        self.folder = Folder("pgbouncer")
        give_to_postgres(self.folder.path)
        (self.port,) = reserved_ports(1)
        self.log = self.folder.path / "pgbouncer.log"
        configuration = self.folder.path / "pgbouncer.ini"
        configuration.write_text(
            f"""
[databases]
belepo = host=127.0.0.1 port={postgres.port} dbname=belepo user=belepo

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
logfile = {self.log}
"""
        )
        command = as_postgres(shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", str(configuration))
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: accepts_connections(self.port), "PgBouncer listens")

    @property
    def url(self) -> str:
        return postgres_url(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        self.folder.remove()


# Belépő.


def instance_environment(**settings: str) -> dict[str, str]:
    return environment(BELEPO_SECRETS_KEY=SECRETS_KEY) | settings


def import_customers(database_url: str, count: int = CUSTOMERS, by: str | None = None) -> None:
    """A register of so many customers, all alike but for their numbers; by another program, if told."""
    customers = ["customer_number,old_customer_number,name,sms_number,email,status"]
    policies = ["policy_number,customer_number,product,status,valid_from,valid_to"]
    for number in range(count):
        customers.append(f"{5000000 + number},,Próba Piroska,+3630{2000000 + number},,active")
        policies.append(f"PR-{number:06},{5000000 + number},lakásbiztosítás,active,2024-01-01,")
    folder = Folder("register")
    try:
        files = {"customers": customers, "policies": policies}
        for name, lines in files.items():
            (folder.path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(
            [by or program(), "register", "import"]
            + [part for name in files for part in (f"--{name}", str(folder.path / f"{name}.csv"))],
            env=instance_environment(BELEPO_DATABASE_URL=database_url),
            cwd=folder.path,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"the register was refused: {done.stdout}{done.stderr}"
    finally:
        folder.remove()


class Instance:
    """One instance, which keeps its ports and its log over restarts."""

    # What the program is told to do.
    command = ("serve", "--demo")

    def __init__(self, database_url: str, by: str | None = None, **settings: str):
        # Which program it is from its next start on; the one under test unless told otherwise.
        self.by = by
        self.folder = Folder("instance")
        self.log = self.folder.path / "server.log"
        self.port, self.management_port = reserved_ports(2)
        self.settings = {
            "BELEPO_DATABASE_URL": database_url,
            # A demo closes at once; an instance behind a proxy does not.
            "BELEPO_HTTP_DRAIN": "2s",
            "BELEPO_HTTP_PORT": str(self.port),
            "BELEPO_MANAGEMENT_PORT": str(self.management_port),
        }
        self.settings |= LENIENT | settings
        self.process: subprocess.Popen | None = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def start(self) -> float:
        """Answers with the seconds until it was ready."""
        self.launch()

        def is_ready():
            code = self.process.poll()
            assert code is None, f"the instance ended with exit code {code}:\n{self.log_tail()}"
            return self.is_ready()

        return wait_until(is_ready, "the instance is ready")

    def launch(self, **variables: str) -> None:
        """Starts it and waits for nothing."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.by or program(), *self.command],
                cwd=self.folder.path,
                env=instance_environment(**self.settings, **variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def cpu_seconds(self) -> float:
        """What it has cost so far, however many others wanted the processor."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def is_ready(self) -> bool:
        return status_of(self.management_port, "/readyz") == 200

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def die_at(self, point: str, call: int, killer: Path) -> None:
        """Starts it to be killed at that call of a named point of kill_at.c, and waits for that."""
        # Other threads may have the last word in the log.
        farewell = f"killed at {point}"
        farewells = len(self.log_lines(farewell))
        self.launch(LD_PRELOAD=str(killer), KILL_AT=point, KILL_AT_CALL=str(call))
        died = lambda: self.process.poll() is not None
        wait_until(died, f"call {call} of {point} is reached", seconds=DEATH_SECONDS, pause=0.005)
        assert self.process.returncode == -signal.SIGKILL, self.log_tail()
        assert len(self.log_lines(farewell)) == farewells + 1, self.log_tail()

    def stop(self) -> int:
        """Asks it to stop and answers with its exit code; 20 seconds are allowed (I2)."""
        return end(self.process, STOP_SECONDS)

    def caught(self, count: int = 60) -> list[dict]:
        """The newest messages that this instance sent; none while it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", f"/demo/uzenetek.json?darab={count}")
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else []
        except (OSError, http.client.HTTPException, ValueError):
            return []
        finally:
            connection.close()

    def log_tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def problems(self) -> list[str]:
        """What the log says of its problems: of a page that could not be given, among others."""
        return self.log_lines('"problem"')[-20:]

    def log_lines(self, words: str) -> list[str]:
        return [line for line in self.log.read_text(errors="replace").splitlines() if words in line]

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()
        self.folder.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# Proxies.


def replaced(text: str, values: dict[str, str]) -> str:
    """Each value is there exactly once, or the file and the drills have grown apart."""
    for marked, value in values.items():
        assert text.count(marked) == 1, f"{text.count(marked)} times instead of once: {marked}"
        text = text.replace(marked, value)
    return text


class Proxy:
    """A proxy on a port of its own, which must not end before it is told to."""

    def __init__(self, name: str):
        self.name = name
        self.folder = Folder(name)
        self.log = self.folder.path / "error.log"
        (self.port,) = reserved_ports(1)

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def _start(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [shutil.which(self.name) or f"/usr/sbin/{self.name}", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._accepts, f"{self.name} listens")

    def _start_haproxy(self, file: str, values: dict[str, str]) -> None:
        """With a file of docs/proxy, and the drill's own values in it."""
        values = values | {
            "bind :443 ssl crt /etc/haproxy/portal.pem alpn http/1.1": f"bind 127.0.0.1:{self.port}",
        }
        if os.geteuid() != 0:
            values |= {"user haproxy\n": "\n", "group haproxy\n": "\n"}
        configuration = self.folder.path / "haproxy.cfg"
        configuration.write_text(replaced((PROXY_FILES / file).read_text(), values))
        self._start("-db", "-f", str(configuration))

    def _start_nginx(self, file: str, values: dict[str, str]) -> None:
        """The same for nginx, which keeps everything in its folder."""
        own = self.folder.path
        values = values | {
            "pid /run/nginx.pid;": f"pid {own}/nginx.pid;\ndaemon off;",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port};",
            "ssl_certificate /etc/nginx/portal.pem;": "",
            "ssl_certificate_key /etc/nginx/portal.key;": "",
            "/var/log/nginx/portal.error.log": str(self.log),
        }
        if os.geteuid() != 0:
            values["user www-data;"] = ""
        text = replaced((PROXY_FILES / file).read_text(), values)
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
            text = text.replace("http {", f"http {{\n  {kind}_temp_path {own}/{kind};", 1)
        configuration = own / "nginx.conf"
        configuration.write_text(text)
        self._start("-p", str(own), "-e", str(self.log), "-c", str(configuration))

    def _accepts(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return accepts_connections(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        self.folder.remove()


class HAProxy(Proxy):
    """docs/proxy/haproxy.cfg, without TLS."""

    def __init__(self, first: Instance, second: Instance):
        super().__init__("haproxy")
        self.socket = self.folder.path / "admin.sock"
        values = {"/run/haproxy/admin.sock mode 660": f"{self.socket} mode 660"}
        for name, place, instance in (("a", 0, first), ("b", 1, second)):
            values[f"server {name} 127.0.0.1:{8080 + place} check port {9090 + place}"] = (
                f"server {name} 127.0.0.1:{instance.port} check port {instance.management_port}"
            )
        # A busy machine may take longer than an installation's for an answer to /readyz.
        values["timeout connect 2s"] = "timeout connect 2s\n  timeout check 10s"
        self._start_haproxy("haproxy.cfg", values)

    def _accepts(self) -> bool:
        """Its socket for questions comes a moment later than its port."""
        if not super()._accepts():
            return False
        try:
            return bool(self.say("show info"))
        except OSError:
            return False

    def _server(self, name: str) -> dict[str, str]:
        """What HAProxy knows of one of its servers."""
        lines = self.say("show stat").splitlines()
        columns = lines[0].lstrip("# ").split(",")
        for line in lines[1:]:
            row = dict(zip(columns, line.split(",")))
            if (row["pxname"], row["svname"]) == ("portal", name):
                return row
        raise AssertionError(f"HAProxy knows no server {name}")

    def sessions(self, name: str) -> int:
        return int(self._server(name)["scur"])

    def say(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def wait_until_up(self, name: str) -> None:
        wait_until(lambda: self._server(name)["status"] == "UP", f"HAProxy sees {name} again")


class Nginx(Proxy):
    """docs/proxy/nginx.conf, without TLS; a story may put more values of its own in."""

    def __init__(self, first: Instance, second: Instance, values: dict[str, str] | None = None):
        super().__init__("nginx")
        values = (values or {}) | {
            "/var/log/nginx/portal.log": f"{self.folder.path}/access.log",
            "server 127.0.0.1:8080": f"server 127.0.0.1:{first.port}",
            "server 127.0.0.1:8081": f"server 127.0.0.1:{second.port}",
        }
        self._start_nginx("nginx.conf", values)


# A proxy that breaks connections to the database.

# What a dispatcher and the sealing of the trail write, whose answers no customer waits for; so are
# transactions that begin with a job's turn.
NOBODYS = (b"lease_token", b"audit_seal")

class Cutter:
    """Stands between an instance and PostgreSQL; relays until it is told to break something.

    It reads along (PostgreSQL's manual, "Frontend/Backend Protocol"), so that it knows the COMMIT
    of a transaction that writes from all else, whether it comes as text or as the name of a prepared
    statement. The dispatcher's own transactions are left alone: no customer waits for them.
    """

    def __init__(self, port: int):
        self._target = port
        self._lock = threading.Lock()
        self._is_armed = False
        self.dropped = 0
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    @property
    def url(self) -> str:
        return postgres_url(self.port)

    def cut(self) -> int:
        """Ends all connections at once, without a farewell; answers with how many there were."""
        connections = self._listener.connections()
        for connection in connections:
            # As from a firewall, and not the end of a conversation.
            connection.shut_down(resets=True)
        return len(connections)

    def drop_next_commit(self) -> None:
        """The next COMMIT reaches the server; its answer reaches nobody."""
        with self._lock:
            self._is_armed = True

    def disarm(self) -> None:
        with self._lock:
            self._is_armed = False

    def take_order(self) -> bool:
        """Whether this is the COMMIT that was meant; only one is."""
        with self._lock:
            is_armed, self._is_armed = self._is_armed, False
            return is_armed

    def count_drop(self) -> None:
        with self._lock:
            self.dropped += 1

    def _serve(self, connection: Connection) -> None:
        server = Connection(socket.create_connection(("127.0.0.1", self._target)))
        _Line(self, connection, server).relay()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close(resets=True)


class _Line:
    """One connection of an instance to the database."""

    def __init__(self, cutter: Cutter, client: Connection, server: Connection):
        self._cutter = cutter
        self._client = client
        self._server = server
        self._statements: dict[bytes, bytes] = {}
        self._writes = False
        self._is_customers = self._is_first = True
        # The server says that it is ready after its greeting, each Sync and each simple query.
        self._readies_due = 1
        self._readies = 0
        # How often it has said so before it answers the COMMIT that is meant.
        self._dropping: int | None = None

    def relay(self) -> None:
        """Until either side has enough. Both are closed when both directions have come to their end."""
        back = threading.Thread(target=self._carry_answers, daemon=True)
        back.start()
        try:
            messages = _Messages(has_startup=True)
            self._carry(self._client, self._server, messages, self._hear_client)
        finally:
            back.join()
            self._server.close()

    def _carry_answers(self) -> None:
        messages = _Messages(has_startup=False)
        self._carry(self._server, self._client, messages, self._hear_server)

    def _carry(self, source: Connection, target: Connection, messages, hear) -> None:
        try:
            while data := source.socket.recv(65536):
                for kind, body in messages.take(data):
                    if not hear(kind, body):
                        self._cutter.count_drop()
                        return
                target.socket.sendall(data)
        except OSError:
            pass
        finally:
            for each in (self._client, self._server):
                each.shut_down(resets=True)

    def _hear_client(self, kind: bytes, body: bytes) -> bool:
        if kind == b"P":
            name, text, _ = body.split(b"\0", 2)
            self._statements[name] = text
        elif kind == b"B":
            name = body.split(b"\0", 2)[1]
            self._begin_statement(self._statements.get(name, b""))
        elif kind == b"Q":
            self._begin_statement(body)
            self._readies_due += 1
        elif kind == b"S":
            self._readies_due += 1
        return True

    def _begin_statement(self, text: bytes) -> None:
        if text.startswith(b"BEGIN"):
            self._writes = b"READ WRITE" in text
            self._is_customers = self._is_first = True
            return
        if self._is_first and b"INTO job" in text or any(each in text for each in NOBODYS):
            self._is_customers = False
        self._is_first = False
        if text.startswith(b"COMMIT"):
            if self._writes and self._is_customers and self._cutter.take_order():
                self._dropping = self._readies_due

    def _hear_server(self, kind: bytes, body: bytes) -> bool:
        if kind == b"C" and body == b"COMMIT\0" and self._readies == self._dropping:
            return False
        if kind == b"Z":
            if self._readies == self._dropping:
                # Something before the COMMIT failed: there was none. The next one is meant.
                self._dropping = None
                self._cutter.drop_next_commit()
            self._readies += 1
        return True


class _Messages:
    """Cuts a stream of the protocol into its messages."""

    def __init__(self, has_startup: bool):
        self._rest = b""
        self._is_startup = has_startup

    def take(self, data: bytes) -> list[tuple[bytes, bytes]]:
        self._rest += data
        found = []
        while True:
            # The first message of a client has no letter.
            letter = 0 if self._is_startup else 1
            if len(self._rest) < letter + 4:
                return found
            end = letter + int.from_bytes(self._rest[letter : letter + 4])
            if len(self._rest) < end:
                return found
            found.append((self._rest[:letter], self._rest[letter + 4 : end]))
            self._rest = self._rest[end:]
            self._is_startup = False


# What two machines are connected by.


class Wire:
    """Stands before a port of a machine; what goes through it can be lost, in either direction.

    Nothing is closed then, and nobody is told: both sides go on waiting, as where a cable is out.
    What was on the way arrives when the wire is whole again, as TCP sends it once more. A hand is
    shaken in both directions, so that nobody new gets through while one of them is cut.
    """

    def __init__(self, port: int):
        self._target = port
        # How many have called while it was cut.
        self.turned_away = 0
        # Towards the port, and back to whoever has called.
        self._forth, self._back = threading.Event(), threading.Event()
        self.mend()
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    def cut(self, forth: bool = True, back: bool = True) -> None:
        if forth:
            self._forth.clear()
        if back:
            self._back.clear()

    def mend(self) -> None:
        self._forth.set()
        self._back.set()

    def close(self) -> None:
        self.mend()
        self._listener.close(resets=True)

    def _serve(self, caller: Connection) -> None:
        if not (self._forth.is_set() and self._back.is_set()):
            self.turned_away += 1
            for direction in (self._forth, self._back):
                direction.wait()
            caller.shut_down(resets=True)
            return
        machine = Connection(socket.create_connection(("127.0.0.1", self._target)))
        answers = threading.Thread(
            target=_carry_through, args=[machine, caller, self._back], daemon=True
        )
        answers.start()
        try:
            _carry_through(caller, machine, self._forth)
        finally:
            answers.join()
            machine.close()


def _carry_through(source: Connection, target: Connection, direction: threading.Event) -> None:
    try:
        while data := source.socket.recv(65536):
            direction.wait()
            target.socket.sendall(data)
        # That somebody has closed is heard no sooner.
        direction.wait()
    except OSError:
        pass
    finally:
        for each in (source, target):
            each.shut_down()
