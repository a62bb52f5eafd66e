"""What the measurements have in common: programs that run and are ended by their id, what the
operating system accounts to them, and the figures.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = os.environ.get("BELEPO_PROGRAM", str(ROOT / ".build/release/belepo"))
TICKS = os.sysconf("SC_CLK_TCK")


class Database:
    """The server's processes, as the operating system accounts for them."""

    def __init__(self, url):
        asked = ["psql", "-qAt", url, "-c", "SELECT pg_backend_pid()"]
        self.url = url
        backend = int(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
        folder = subprocess.run(
            ["psql", "-qAt", url, "-c", "SHOW data_directory"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        self.postmaster = int(Path(folder, "postmaster.pid").read_text().split("\n")[0])
        assert backend != self.postmaster

    def cpu_seconds(self):
        """Of the children that live, and of those that are gone."""
        total = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(stat.parent.name) == self.postmaster:
                total += sum(int(fields[place]) for place in (11, 12, 13, 14))
            elif int(fields[1]) == self.postmaster:
                total += int(fields[11]) + int(fields[12])
        return total / TICKS


class Figures:
    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, at_most=None, at_least=None):
        target = ""
        if at_most is not None:
            target = f"at most {at_most}: {'met' if value <= at_most else 'MISSED'}"
        if at_least is not None:
            target = f"at least {at_least}: {'met' if value >= at_least else 'MISSED'}"
        self.rows.append((name, f"{value:.2f} {unit}".strip(), target))

    def print(self):
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        for row in self.rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


class Server:
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
        while not is_ready(management):
            if self.process.poll() is not None or time.monotonic() - start > 30:
                self.process.kill()
                sys.exit("the server did not become ready")
            time.sleep(0.005)
        self.start_seconds = time.monotonic() - start

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
        counts = dict(line.split() for line in lines if not line.startswith("#"))
        return tuple(
            int(counts[f"belepo_database_{name}_total"]) for name in ("statements", "round_trips")
        )

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self, field="VmRSS"):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def import_register(folder, environment, count):
    customers = ["customer_number,old_customer_number,name,sms_number,email,status"]
    policies = ["policy_number,customer_number,product,status,valid_from,valid_to"]
    for number in range(count):
        customers.append(f"{5000000 + number},,Mérés Márta,+3630{2000000 + number},,active")
        policies.append(f"ME-{number:06},{5000000 + number},lakásbiztosítás,active,2024-01-01,")
    (folder / "customers.csv").write_text("\n".join(customers) + "\n", encoding="utf-8")
    (folder / "policies.csv").write_text("\n".join(policies) + "\n", encoding="utf-8")
    files = ["--customers", folder / "customers.csv", "--policies", folder / "policies.csv"]
    subprocess.run(
        [PROGRAM, "register", "import", *files],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def expect(answer, location):
    if answer.status != 303 or answer.headers.get("location") != location:
        sys.exit(f"{location} expected, got {answer.status} {answer.headers.get('location')}")
