"""A Debian of its own whose process 1 is systemd: the machine on which the package's units run.

A root by debootstrap, booted by systemd-nspawn with the kernel and the loopback of this machine. All
that is changed in it goes to a layer above the root, and is gone with it.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from program import ROOT
from waiting import wait_until

BOOT_SECONDS = 120
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def debian() -> Path:
    """A root with systemd that was never booted; UNITS_ROOT keeps one for the next time."""
    kept = os.environ.get("UNITS_ROOT")
    root = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="belepo-drill-debian-")) / "root"
    if not (root / "lib/systemd/systemd").exists():
        release = dict(
            line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
        )
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=systemd-sysv",
             release["VERSION_CODENAME"], root],
            capture_output=True, text=True, timeout=1200,
        )  # fmt: skip
        if done.returncode != 0:
            _give_up("debootstrap makes no Debian here", done.stdout + done.stderr)
    return root


def what_is_missing() -> str | None:
    """Why no systemd can be booted here, as far as it can be told without a try."""
    if os.geteuid() != 0:
        return "only root can boot a machine"
    missing = [name for name in ("debootstrap", "systemd-nspawn") if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)}: Drills/setup.sh units"
    if not _hierarchies():
        return "no cgroup2 is mounted, without which systemd has nowhere to put its services"
    return None


def _give_up(what: str, said: str) -> None:
    """What a machine does not permit is no fault; all else is one."""
    reason = f"{what}: {said.strip()[-500:]}"
    if any(words in said for words in ("not permitted", "ermission denied", "Couldn't download")):
        pytest.skip(reason)
    raise AssertionError(reason)


def _hierarchies() -> list[Path]:
    """Where cgroup2, and systemd's own cgroup of old, are mounted; cgroup2 first."""
    found = {}
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2":
            found.setdefault(0, Path(place))
        elif kind == "cgroup" and "name=systemd" in options.split(","):
            found.setdefault(1, Path(place))
    return [found[each] for each in sorted(found)] if 0 in found else []


class Machine:
    """Booted when it is made; stopped as somebody presses its button."""

    def __init__(self, root: Path):
        self.folder = Path(tempfile.mkdtemp(prefix="belepo-drill-machine-"))
        self.root = self.folder / "root"
        # A host's: letters, digits and hyphens, of which none is the last.
        self.name = f"belepo-drill-{os.getpid()}"
        self._original = root
        self._groups: list[Path] = []
        self._log = self.folder / "nspawn.log"
        self._process: subprocess.Popen | None = None
        try:
            self._lay()
            self._boot()
        except BaseException:
            self.close()
            raise

    def _lay(self) -> None:
        for each in ("root", "upper", "work"):
            (self.folder / each).mkdir()
        done = subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir={self._original},upperdir={self.folder}/upper,workdir={self.folder}/work",
             self.root],
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            _give_up("no layer can be mounted", done.stderr)
        for each in Path("/etc/apt/apt.conf.d").iterdir():
            shutil.copy(each, self.root / "etc/apt/apt.conf.d")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        # Nobody waits for it, and it asks the network.
        for each in ("apt-daily.timer", "apt-daily-upgrade.timer"):
            (self.root / "etc/systemd/system" / each).symlink_to("/dev/null")

    def _boot(self) -> None:
        """In groups of its own, where no systemd of this machine would make them."""
        command = [
            "systemd-nspawn", f"--directory={self.root}", "--boot", "--register=no",
            "--console=pipe", f"--machine={self.name}", "--resolv-conf=off",
        ]  # fmt: skip
        enter = ""
        if not Path("/run/systemd/system").exists():
            command.append("--keep-unit")
            for each in _hierarchies():
                group = each / self.name
                group.mkdir(exist_ok=True)
                self._groups.append(group)
                enter += f"echo $$ > {group}/cgroup.procs && "
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", f'{enter}exec "$@"', "sh", *command],
                env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

        def is_up() -> bool:
            if self._process.poll() is not None:
                _give_up("systemd-nspawn boots nothing here", self._log.read_text())
            return self.is_running

        wait_until(is_up, f"systemd is up in {self.root}", seconds=BOOT_SECONDS, pause=0.2)

    def reboot(self) -> None:
        """Comes back when it is up again."""
        before = self.leader
        self.run("systemctl --no-block reboot", may_fail=True)
        goes_on = lambda: self._process.poll() is None and self.leader in (None, before)  # noqa: E731
        wait_until(lambda: not goes_on(), "it goes down")
        if self._process.poll() is not None:
            # nspawn leaves it to whoever has started it, and says so.
            assert self._process.returncode == 133, self._log.read_text()[-500:]
            self._boot()
        wait_until(lambda: self.is_running, "it is up", pause=0.5)

    @property
    def is_running(self) -> bool:
        """Booted to the end, and nothing has failed."""
        if self.leader is None:
            return False
        done = self.run("systemctl is-system-running", may_fail=True)
        return done.stdout.strip() == "running"

    @property
    def leader(self) -> int | None:
        """Its process 1, as this machine numbers it; another one after each boot."""
        pid = self._process.pid
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for child in children:
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
        return None

    def run(self, command: str, may_fail: bool = False) -> subprocess.CompletedProcess:
        """As root in its shell; fails when the command does."""
        done = subprocess.run(
            ["nsenter", f"--target={self.leader}", "--all",
             "env", "-i", "-C", "/root", f"PATH={PATH}", "HOME=/root", "LC_ALL=C.UTF-8",
             "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_PAGER=", "sh", "-c", command],
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert may_fail or done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done

    def pid_here(self, pid: str) -> int:
        """How this machine numbers one of its processes."""
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                numbers = next(
                    line.split()[1:] for line in status.read_text().splitlines() if line.startswith("NSpid")
                )
                if len(numbers) == 2 and numbers[1] == pid and self._is_ours(int(numbers[0])):
                    return int(numbers[0])
        raise AssertionError(f"no process {pid}")

    def _is_ours(self, pid: int) -> bool:
        return os.readlink(f"/proc/{pid}/ns/pid") == os.readlink(f"/proc/{self.leader}/ns/pid")

    def file(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    # Its units.

    def told(self, unit: str) -> dict[str, str]:
        """What `systemctl show` says."""
        lines = self.run(f"systemctl show {unit}").stdout.splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def signal(self, unit: str, number: signal.Signals) -> int:
        """To its main process only; answers with its number there."""
        pid = self.told(unit)["MainPID"]
        assert pid != "0", self.journal(unit)
        os.kill(self.pid_here(pid), number)
        return int(pid)

    def journal(self, unit: str) -> list[dict]:
        """What is in the journal of a unit: its own lines, and systemd's about it."""
        said = self.run(f"journalctl --unit={unit} --output=json --no-pager").stdout
        return [json.loads(line) for line in said.splitlines()]

    def log(self, unit: str) -> list[dict]:
        """What the program has written, line by line; each must be JSON, or its last sentence."""
        lines = [
            each["MESSAGE"] for each in self.journal(unit) if each["SYSLOG_IDENTIFIER"] == "belepo"
        ]
        strange = [line for line in lines if not line.startswith(("{", "belepo: "))]
        assert not strange, f"{len(strange)} of {len(lines)} lines of {unit}, such as {strange[-3:]}"
        return [json.loads(line) for line in lines if line.startswith("{")]

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                # Process 1 takes everything with it.
                if self.leader:
                    os.kill(self.leader, signal.SIGKILL)
                self._process.kill()
                self._process.wait()
        subprocess.run(["umount", self.root], capture_output=True)
        for group in self._groups:
            for each in sorted(group.rglob("*"), reverse=True):
                if each.is_dir():
                    with contextlib.suppress(OSError):
                        each.rmdir()
            with contextlib.suppress(OSError):
                group.rmdir()
        if not os.path.ismount(self.root):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not os.environ.get("UNITS_ROOT"):
                shutil.rmtree(self._original.parent, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def newest_package() -> Path:
    """UNITS_PACKAGE, else what `make package` made last."""
    if named := os.environ.get("UNITS_PACKAGE"):
        return Path(named)
    made = list((ROOT / ".build/package").glob("belepo_*.deb"))
    assert made, "no package to try: run `make package` first, or set UNITS_PACKAGE"
    return max(made, key=lambda package: package.stat().st_mtime)
