"""Programs that are started here and ended by their id, and what the operating system accounts to
them.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "TestGround"))

from ports import reserved_ports
from program import ROOT

PROGRAM = os.environ.get("BELEPO_PROGRAM", str(ROOT / ".build/release/belepo"))
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all threads of a process, those that have ended included.

    The process's own clock counts nanoseconds; `/proc/PID/stat` would count hundredths.
    """
    return time.clock_gettime((~pid << 3) | 2)


def cpu_seconds_of_children(parent):
    """Of the children that live, and of those that are gone."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid = int(stat.parent.name)
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if pid == parent:
                total += (int(fields[13]) + int(fields[14])) / TICKS
            elif int(fields[1]) == parent:
                total += cpu_seconds(pid)
        except OSError:
            # It has ended meanwhile.
            continue
    return total


def memory_mb(pid, field="VmRSS"):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024


class Server:
    """The program at work: `serve` or `dispatch`."""

    def __init__(self, environment, *command):
        self.port = int(environment["BELEPO_HTTP_PORT"])
        self.management = management = environment["BELEPO_MANAGEMENT_PORT"]
        start = time.monotonic()
        self.process = subprocess.Popen(
            [PROGRAM, *command],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not is_ready(management):
                if self.process.poll() is not None or time.monotonic() - start > 60:
                    sys.exit("the server did not become ready")
                time.sleep(0.005)
        except BaseException:
            # Nobody else knows of it yet.
            self.process.kill()
            raise
        self.start_seconds = time.monotonic() - start

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def traffic(self):
        """Statements and round trips to PostgreSQL so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.management}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        counts = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return tuple(
            int(counts[f"belepo_database_{name}_total"]) for name in ("statements", "round_trips")
        )

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def memory_mb(self, field="VmRSS"):
        return memory_mb(self.pid, field)


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port():
    return reserved_ports(1)[0]
