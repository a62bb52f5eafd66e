"""The package's units under a real systemd, in a Debian of its own: every command of docs/production.md,
one after the other, and what the units promise.

`make drill-units`, which builds the package; no part of `make test`. With a package that is there already:

    UNITS_PACKAGE=/path/to/belepo.deb Drills/run.sh -n 0 -rA units.py

UNITS_ROOT=DIR keeps the root that debootstrap makes. The stories build on one another, from the package to
its removal. Where no systemd can be booted they are skipped, with the reason.
"""

import json
import re
import shutil
import signal

import pytest

from booted import Machine, debian, newest_package, what_is_missing
from client import Customer, Mailbox
from dispatching import Queue, letter, sms
from ledger import Ledger
from mail_relays import OddRelay
from parts import status_of
from ports import reserved_ports
from program import ROOT
from sms_gateways import KANNEL_PASSWORD, KANNEL_USER, OddGateway
from waiting import wait_until

SERVICES = ("belepo", "belepo-backup", "belepo-dispatch", "belepo-import")
TIMERS = ("belepo-backup.timer", "belepo-import.timer")
RUNNING = ("belepo", "belepo-dispatch")
REGISTER = "/var/lib/belepo/register"
# A hundredth of a file may be rejected.
CUSTOMERS = 200
# What the unit says, and time for systemd on a busy machine to act on it.
WATCHDOG_SECONDS = 30
# What docs/production.md says of `systemd-analyze security`.
EXPOSURE = 1.2


class Server:
    """The machine, set up as an operator does it, and what is around it."""

    def __init__(self, machine: Machine, gateway: OddGateway, relay: OddRelay):
        self.machine = machine
        self.gateway = gateway
        self.relay = relay
        self.port, self.management_port, self.dispatch_port = reserved_ports(3)
        self.shell = ""

    def follow(self, document: str, **places: str) -> None:
        """Runs its commands in their order: root's as they are, the program's in its user's shell."""
        for block in re.findall(r"^```\n(.*?)^```", (ROOT / document).read_text(), re.S | re.M):
            self.obey(block, **places)

    def obey(self, block: str, **places: str) -> None:
        for written, ours in places.items():
            block = re.sub(rf"\b{written}\b", ours, block)
        roots: list[str] = []
        for line in [*block.splitlines(), ""]:
            if line.startswith("runuser"):
                self.shell = line.removesuffix(" bash")
            elif line and not line.startswith("belepo "):
                roots.append(line)
            else:
                if roots:
                    self.machine.run("set -e\n" + "\n".join(roots))
                    self.after(roots)
                    roots = []
                if line:
                    self.run(line)

    def run(self, command: str) -> str:
        """In the shell of the program's own user."""
        return self.machine.run(f"{self.shell} {command}").stdout

    def after(self, commands: list[str]) -> None:
        """What an operator does by hand after some of them."""
        if any(each.endswith("/etc/belepo/belepo.yaml") for each in commands):
            self.fill_in()
            self.deliver(CUSTOMERS)

    def fill_in(self) -> None:
        """No address that is public, and ports that nobody else of this machine has."""
        file = self.machine.file("/etc/belepo/belepo.yaml")
        text = file.read_text()
        values = {
            "http:\n  publicURL: https://portal.example":
                f"http:\n  port: {self.port}\n  publicURL: http://localhost:{self.port}",
            "127.0.0.1:13013": f"127.0.0.1:{self.gateway.port}",
            "username: belepo": f"username: {KANNEL_USER}",
            "PUT-KANNELS-PASSWORD-HERE": json.dumps(KANNEL_PASSWORD),
            "port: 25\n": f"port: {self.relay.port}\n",
        }  # fmt: skip
        for written, ours in values.items():
            assert written in text, written
            text = text.replace(written, ours)
        file.write_text(f"{text}management:\n  port: {self.management_port}\n")
        # Where the unit has 9190, which somebody else of this machine may have.
        place = self.machine.file("/etc/systemd/system/belepo-dispatch.service.d")
        place.mkdir()
        (place / "port.conf").write_text(
            f"[Service]\nEnvironment=BELEPO_MANAGEMENT_PORT={self.dispatch_port}\n"
        )

    def deliver(self, count: int, *more: str) -> None:
        """The register's files, as the insurer puts them there."""
        customers = ["customer_number,old_customer_number,name,sms_number,email,status"]
        policies = ["policy_number,customer_number,product,status,valid_from,valid_to"]
        for number in range(count):
            customers.append(f"{5000000 + number},,Próba Piroska,+3630{2000000 + number},,active")
            policies.append(f"PR-{number:06},{5000000 + number},lakásbiztosítás,active,2024-01-01,")
        for name, lines in {"customers": [*customers, *more], "policies": policies}.items():
            self.machine.file(f"{REGISTER}/{name}.csv").write_text("\n".join(lines) + "\n")

    def customer(self, place: int, tmp_path) -> Customer:
        mailbox = Mailbox(self.gateway, self.relay)
        ledger = Ledger(tmp_path / "ledger.jsonl")
        return Customer(
            place, lambda: ("127.0.0.1", self.port), mailbox, ledger, is_tolerant=False, code_seconds=90
        )

    def is_ready(self, unit: str) -> bool:
        """At once: `systemctl start` has come back."""
        port = self.dispatch_port if unit == "belepo-dispatch" else self.management_port
        return status_of(port, "/readyz") == 200

    def wait_until_restarted(self, unit: str, pid: int, restarts: int) -> None:
        def is_another() -> bool:
            told = self.machine.told(unit)
            return told["ActiveState"] == "active" and told["MainPID"] not in ("0", str(pid))

        wait_until(is_another, f"{unit} is started anew", pause=0.5)
        assert int(self.machine.told(unit)["NRestarts"]) == restarts
        assert self.is_ready(unit)


@pytest.fixture(scope="module")
def server():
    if reason := what_is_missing():
        pytest.skip(reason)
    with OddGateway() as gateway, OddRelay() as relay, Machine(debian()) as machine:
        package = newest_package()
        shutil.copy(package, machine.file("/root"))
        machine.run("apt-get -q update")
        yield Server(machine, gateway, relay)


def test_a_package_that_is_not_configured_starts_nothing(server):
    machine = server.machine
    machine.run("apt-get -q install -y --no-install-recommends ./belepo_*.deb")
    for unit in (*RUNNING, *TIMERS):
        assert machine.run(f"systemctl is-enabled {unit}", may_fail=True).stdout == "disabled\n", unit
        assert machine.told(unit)["ActiveState"] == "inactive", unit
    for unit in SERVICES:
        machine.run(f"systemctl start {unit}")
        assert machine.told(unit)["ConditionResult"] == "no", unit
    assert machine.is_running


def test_a_server_is_set_up_by_every_command_of_the_how_to(server, tmp_path):
    """With apt-get, chgrp and systemctl; `systemctl enable --now` comes back when it serves."""
    machine = server.machine
    server.follow("docs/production.md")
    assert server.gateway.taken("+36301234567") and server.relay.letters("you@portal.example")
    told = machine.told("belepo")
    assert (told["Type"], told["NotifyAccess"], told["ActiveState"]) == ("notify", "main", "active")
    assert told["StatusText"] == "serving"
    server.customer(0, tmp_path).become_a_user()
    assert machine.file("/var/backups/belepo/first/backup.json").exists()
    for unit in ("belepo", *TIMERS):
        assert machine.run(f"systemctl is-enabled {unit}").stdout == "enabled\n"
    assert machine.is_running


def test_it_is_started_when_its_port_is_bound_and_not_before(server):
    """On a port that somebody has, it is not: the start fails, and says so in a sentence."""
    machine = server.machine
    machine.run("systemctl stop belepo")
    place = machine.file("/etc/systemd/system/belepo.service.d")
    place.mkdir()
    drop_in = place / "taken.conf"
    # Where the gateway listens.
    drop_in.write_text(f"[Service]\nEnvironment=BELEPO_HTTP_PORT={server.gateway.port}\nRestart=no\n")
    machine.run("systemctl daemon-reload")
    done = machine.run("systemctl start belepo", may_fail=True)
    assert done.returncode == 1 and machine.told("belepo")["Result"] == "exit-code"
    said = [each["MESSAGE"] for each in machine.journal("belepo")]
    assert any("already in use" in line for line in said), said[-10:]
    drop_in.unlink()
    machine.run("systemctl daemon-reload && systemctl reset-failed belepo && systemctl start belepo")
    assert server.is_ready("belepo") and machine.is_running


def test_messages_are_sent_by_their_own_unit_alone(server):
    machine = server.machine
    file = machine.file("/etc/belepo/belepo.yaml")
    file.write_text(file.read_text() + "messages:\n  dispatcher: separate\n")
    machine.run("systemctl restart belepo")
    queue = Queue(f"sqlite:{machine.file('/var/lib/belepo/belepo.sqlite')}")
    messages = [sms(), letter()]
    queue.put(*messages)
    machine.run("systemctl enable --now belepo-dispatch")
    assert server.is_ready("belepo-dispatch")
    sent = lambda: all(queue.row(each)["state"] == "sent" for each in messages)  # noqa: E731
    wait_until(sent, "both are sent", pause=0.5)
    assert len(server.gateway.taken(messages[0].to)) == 1
    assert len(server.relay.letters(messages[1].to)) == 1
    tellers = {
        unit for unit in RUNNING for line in machine.log(unit)
        if any(each.key in json.dumps(line) for each in messages)
    }  # fmt: skip
    assert "belepo" not in tellers, tellers


# What the units may not do.


# Each line: what is tried, and whether it may be. In the unit's own sandbox, as its own user.
PROBES = """
write() { if touch "$1/probe" 2>/dev/null; then rm "$1/probe"; echo "$2 yes"; else echo "$2 no"; fi; }
can() { name=$1; shift; if "$@" >/dev/null 2>&1; then echo "$name yes"; else echo "$name no"; fi; }
echo "tmp $(ls /tmp | wc -l)"
write /var/lib/belepo own
write /var/backups/belepo backups
write /etc/belepo configuration
write /usr/lib/belepo program
write /var/tmp temporary
write /var/log log
write /run run
write /dev/shm memory
write /home home
write /root root
can shadow cat /etc/shadow
can others test -e /proc/1/comm
can kernel test -e /proc/kallsyms
can clock date -s 2001-01-01
can setuid sh -c 'cp /bin/true /tmp/probe && chmod u+s /tmp/probe'
can namespace unshare --user true
can mount mount -t tmpfs none /tmp
can first perl -e 'exit(syscall(141, 0, 0, -5) == -1)'
can disk test -b /dev/vda -o -e /dev/mem -o -e /dev/kvm
can netlink perl -e 'socket(my $s, 16, 3, 0) or exit 1'
can internet perl -e 'socket(my $s, 2, 1, 0) or exit 1'
can code perl -e 'exit(syscall(9, 0, 4096, 7, 0x22, -1, 0) == -1)'
can trace perl -e 'exit(syscall(101, 0, 0, 0, 0) == -1)'
echo "user $(id -un)"
echo "umask $(umask)"
echo "privileges $(sed -n 's/NoNewPrivs:.//p' /proc/self/status)"
echo "capabilities $(sed -n 's/CapBnd:.//p' /proc/self/status)"
echo "core $(ulimit -c) $(ulimit -H -c)"
"""
MAY = {
    "belepo": {"own", "temporary", "internet"},
    "belepo-dispatch": {"own", "temporary", "internet"},
    "belepo-import": {"own", "temporary", "internet"},
    "belepo-backup": {"own", "temporary", "backups"},
}


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_may_do_what_it_needs_and_nothing_else(unit, server):
    """The same unit with another command, which tries."""
    machine = server.machine
    machine.run("touch /tmp/of-somebody-else && chmod 1777 /dev/shm /var/tmp")
    machine.file("/usr/local/bin/probe").write_text(PROBES)
    text = machine.file(f"/lib/systemd/system/{unit}.service").read_text()
    lines = [
        line for line in text.splitlines()
        if not line.startswith(("Type=", "WatchdogSec=", "Exec", "Restart", "Condition"))
    ]  # fmt: skip
    place = lines.index("[Service]")
    lines[place + 1 : place + 1] = ["Type=oneshot", "ExecStart=/bin/sh /usr/local/bin/probe"]
    machine.file(f"/etc/systemd/system/probe-{unit}.service").write_text("\n".join(lines) + "\n")
    machine.run(f"systemctl daemon-reload && systemctl start probe-{unit}")
    said = dict(
        each["MESSAGE"].split(" ", 1) for each in machine.journal(f"probe-{unit}")
        if each["SYSLOG_IDENTIFIER"] == "sh"
    )  # fmt: skip
    tried = {name for name, answer in said.items() if answer in ("yes", "no")}
    assert len(tried) == 23, said
    assert {name for name in tried if said[name] == "yes"} == MAY[unit], said
    wanted = {"user": "belepo", "tmp": "0", "umask": "0077", "privileges": "1"}
    assert {name: said[name] for name in wanted} == wanted
    assert int(said["capabilities"], 16) == 0
    # Keys, numbers and passwords are in the memory of a process that the watchdog aborts.
    assert said["core"] == "0 0", said["core"]


@pytest.mark.parametrize("unit", SERVICES)
def test_systemd_itself_finds_little_to_say_against_it(unit, server):
    said = server.machine.run(f"systemd-analyze security --no-pager {unit}").stdout
    (exposure,) = re.findall(r"Overall exposure level for \S+: (\d+\.\d)", said)
    assert float(exposure) <= EXPOSURE, said


def test_the_unit_files_have_no_mistake(server):
    units = " ".join([*(f"{each}.service" for each in SERVICES), *TIMERS])
    done = server.machine.run(f"systemd-analyze verify --man=no {units}")
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("unit", RUNNING)
def test_what_runs_is_confined_as_the_unit_says(unit, server):
    machine = server.machine
    pid = machine.told(unit)["MainPID"]
    lines = machine.run(f"cat /proc/{pid}/status").stdout.splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    own = machine.run("id -u belepo").stdout.strip()
    assert set(status["Uid"].split()) == {own}
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    variables = machine.run(f"tr '\\0' '\\n' < /proc/{pid}/environ").stdout.splitlines()
    key = f"/run/credentials/{unit}.service/secrets.key"
    assert f"BELEPO_SECRETS_KEY_FILE={key}" in variables
    assert machine.run(f"runuser -u nobody -- cat {key}", may_fail=True).returncode != 0


# What happens when something is wrong with it.


def test_a_server_that_is_alive_is_left_alone_by_the_watchdog(server):
    """The time is the watchdog's own: it is longer than a program may be silent."""
    machine = server.machine
    for unit in RUNNING:
        # The stories before have restarted both.
        told = machine.told(unit)
        began = int(told["ActiveEnterTimestampMonotonic"])

        def is_old_enough() -> bool:
            uptime = float(machine.run("cat /proc/uptime").stdout.split()[0])
            return uptime * 1e6 - began > 1.5 * WATCHDOG_SECONDS * 1e6

        wait_until(is_old_enough, f"{unit} has run for a while", pause=1)
        assert told["WatchdogUSec"] == f"{WATCHDOG_SECONDS}s"
        now = machine.told(unit)
        assert (now["ActiveState"], now["MainPID"]) == ("active", told["MainPID"])
        assert now["NRestarts"] == "0"


def test_one_that_stands_still_is_started_anew_by_the_watchdog(server, tmp_path):
    machine = server.machine
    stopped = {unit: machine.signal(unit, signal.SIGSTOP) for unit in RUNNING}
    for unit, pid in stopped.items():
        server.wait_until_restarted(unit, pid, restarts=1)
        said = [each["MESSAGE"] for each in machine.journal(unit)]
        assert any("Watchdog timeout" in line for line in said), said[-20:]
    server.customer(1, tmp_path).become_a_user()


def test_one_that_is_killed_is_started_anew(server, tmp_path):
    killed = {unit: server.machine.signal(unit, signal.SIGKILL) for unit in RUNNING}
    for unit, pid in killed.items():
        server.wait_until_restarted(unit, pid, restarts=2)
    server.customer(2, tmp_path).become_a_user()


@pytest.mark.parametrize("unit", RUNNING)
def test_it_stops_when_it_is_told_to_and_nothing_has_failed(unit, server):
    machine = server.machine
    machine.run(f"systemctl stop {unit}")
    told = machine.told(unit)
    assert (told["ActiveState"], told["SubState"], told["Result"]) == ("inactive", "dead", "success")
    # 1: it ended by itself, with this status.
    assert (told["ExecMainCode"], told["ExecMainStatus"]) == ("1", "0")
    assert machine.log(unit)[-1]["message"] == "stopped"
    machine.run(f"systemctl start {unit}")
    pid = machine.told(unit)["MainPID"]
    machine.run(f"systemctl restart {unit}")
    assert machine.told(unit)["MainPID"] != pid and server.is_ready(unit)
    # Nothing is read again while it runs, and nobody is led to believe it.
    assert machine.told(unit)["CanReload"] == "no"


def test_its_log_is_in_the_journal_line_by_line(server):
    for unit in RUNNING:
        lines = server.machine.log(unit)
        assert len(lines) > 3 and all({"level", "message"} <= line.keys() for line in lines), lines[:3]


# The nights.


def test_the_timers_are_due_in_the_night(server):
    said = server.machine.run("systemctl list-timers --all --no-pager").stdout
    for unit, hour in (("belepo-backup", "02"), ("belepo-import", "03")):
        (line,) = (line for line in said.splitlines() if f"{unit}.timer" in line)
        assert re.match(rf"\w+ [\d-]+ {hour}:(3\d|40):\d\d ", line) and f"{unit}.service" in line, line
        assert server.machine.told(f"{unit}.timer")["Persistent"] == "yes"


def test_an_import_takes_what_was_delivered(server, tmp_path):
    machine = server.machine
    server.deliver(CUSTOMERS + 1)
    machine.run("systemctl start belepo-import")
    told = machine.told("belepo-import")
    assert (told["Result"], told["ExecMainStatus"]) == ("success", "0")
    server.customer(CUSTOMERS, tmp_path).become_a_user()
    # Not for all: the report says for whom not, and the night is a good one.
    server.deliver(CUSTOMERS + 1, "5999999,,Próba Piroska,+36302999999,,nobody-knows")
    machine.run("systemctl start belepo-import")
    told = machine.told("belepo-import")
    assert (told["Result"], told["ExecMainStatus"]) == ("success", "2")


def test_an_import_without_a_delivery_is_none_and_a_broken_one_has_failed(server):
    machine = server.machine
    machine.run(f"mv {REGISTER}/customers.csv {REGISTER}/customers.away && systemctl start belepo-import")
    told = machine.told("belepo-import")
    assert (told["ConditionResult"], told["ActiveState"]) == ("no", "inactive")
    machine.run(f"echo broken > {REGISTER}/customers.csv")
    assert machine.run("systemctl start belepo-import", may_fail=True).returncode != 0
    assert "belepo-import" in machine.run("systemctl --failed --no-pager").stdout
    machine.run(f"mv {REGISTER}/customers.away {REGISTER}/customers.csv && systemctl start belepo-import")
    assert machine.is_running


def test_a_backup_is_made_beside_the_server_and_only_old_nights_go(server):
    machine = server.machine
    machine.run(
        "cd /var/backups/belepo && install -d -o belepo -g belepo night-old night-new other"
        " && touch -d '15 days ago' night-old other && touch -d '13 days ago' night-new"
    )
    machine.run("systemctl start belepo-backup")
    assert machine.told("belepo-backup")["Result"] == "success"
    there = set(machine.run("ls /var/backups/belepo").stdout.split())
    (made,) = {name for name in there if re.fullmatch(r"night-\d{8}T\d{6}", name)}
    assert there == {"first", made, "night-new", "other"}
    owners = machine.run(f"stat -c '%U %a' /var/backups/belepo/{made}/*").stdout.split()
    assert owners == ["belepo", "600"] * 2
    assert server.is_ready("belepo")


def test_a_backup_is_restored_by_the_commands_of_the_how_to(server, tmp_path):
    machine = server.machine
    machine.run("systemctl stop belepo-dispatch")
    text = (ROOT / "docs/operations/backup.md").read_text()
    blocks = re.findall(r"^```\n(.*?)^```", text, re.S | re.M)
    for block in blocks[:2]:
        server.obey(block, NAME="anna", WHY="trial")
    machine.run("systemctl start belepo-dispatch")
    server.customer(3, tmp_path).become_a_user()


# The machine and the package.


def test_after_a_new_start_of_the_machine_all_is_there(server, tmp_path):
    machine = server.machine
    machine.reboot()
    for unit in (*RUNNING, *TIMERS):
        assert machine.told(unit)["ActiveState"] == "active", unit
    server.customer(4, tmp_path).become_a_user()


def test_an_upgrade_restarts_what_runs_and_leaves_the_timers_on(server, tmp_path):
    """The same version once more takes the same way through the package's scripts."""
    machine = server.machine
    before = {unit: machine.told(unit)["MainPID"] for unit in RUNNING}
    machine.run("apt-get -q install -y --no-install-recommends --reinstall ./belepo_*.deb")
    for unit, pid in before.items():
        told = machine.told(unit)
        assert told["ActiveState"] == "active" and told["MainPID"] != pid, unit
    for unit in TIMERS:
        told = machine.told(unit)
        assert (told["ActiveState"], told["SubState"]) == ("active", "waiting"), unit
    assert machine.is_running
    server.customer(5, tmp_path).become_a_user()


def test_nothing_runs_any_more_when_the_package_is_gone(server):
    machine = server.machine
    machine.run("apt-get -q remove -y belepo")
    for unit in (*RUNNING, *TIMERS):
        assert machine.told(unit)["ActiveState"] == "inactive", unit
    machine.run("apt-get -q purge -y belepo")
    left = machine.run("systemctl list-unit-files --no-pager 'belepo*'", may_fail=True).stdout
    assert ".service" not in left and ".timer" not in left, left
    assert machine.file("/var/lib/belepo/belepo.sqlite").exists()
    assert machine.is_running
