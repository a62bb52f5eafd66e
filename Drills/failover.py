"""At least twenty failovers of a database under registrations: what was acknowledged is there, and once.

`make drill-failover`; bounded to twenty minutes, and no part of `make test`.
"""

import os
import signal
import subprocess
import threading
import time

import pytest

from client import Load
from cluster import Cluster
from conftest import Installation
from ledger import postgres_rows
from parts import HAProxy, Instance, _environment, import_customers
from program import program
from waiting import wait_until

CLIENTS = 3
# How often each fault comes; scaled by FAILOVER_SHARE for a short trial.
SHARE = float(os.environ.get("FAILOVER_SHARE", "1"))
ROUNDS = {
    "the primary's server is killed": 7,
    "the primary's machine is killed": 5,
    "the primary's machine stands still and goes on": 3,
    "a planned move": 6,
    "the standby's machine is killed": 2,
    "the leader of etcd is killed": 2,
    "an instance is killed": 2,
    "the instances are restarted one by one": 1,
}
FAILOVERS = {
    "the primary's server is killed", "the primary's machine is killed",
    "the primary's machine stands still and goes on", "a planned move",
}  # fmt: skip
BOUND_SECONDS = 1200
# The promise (P12), and how long a machine stands still: longer than its key lives.
HEALS_WITHIN_SECONDS = 30
STANDS_STILL_SECONDS = 30


class Watch:
    """For how long in one piece no instance was ready."""

    def __init__(self, instances):
        self._instances = instances
        self._stop = threading.Event()
        self.longest = 0.0
        self._since: float | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def reset(self) -> None:
        self.longest = 0.0

    @property
    def is_well(self) -> bool:
        return self._since is None

    def _run(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            if any(each.is_ready() for each in self._instances):
                self._since = None
            else:
                self._since = self._since or begun
                self.longest = max(self.longest, time.monotonic() - self._since)
            time.sleep(0.2)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.mark.timeout(BOUND_SECONDS)
def test_failovers_lose_nothing_and_double_nothing(ledger):
    begun = time.monotonic()
    with Cluster() as cluster:
        import_customers(cluster.url)
        with Instance(cluster.url) as first, Instance(cluster.url) as second:
            instances = [first, second]
            rows = postgres_rows(cluster.url)
            installation = Installation(rows, instances, ledger)
            watch = Watch(instances)
            with HAProxy(first, second) as proxy:
                new = lambda: installation.customer(lambda: proxy.address)  # noqa: E731
                figures: dict[str, list[float]] = {}
                with Load(new, CLIENTS) as load:
                    for fault, count in ROUNDS.items():
                        for _ in range(max(1, round(count * SHARE))):
                            seconds = bear(fault, cluster, instances, load, watch)
                            figures.setdefault(fault, []).append(seconds)
                            print(f"{fault}: {seconds:.1f} s without service", flush=True)
                broken = load.broken
            watch.stop()
            cluster.wait_until_synchronous()
            installation.must_have_kept_its_promises()
            verify_the_trail(cluster.url)
    moves = sum(len(figures[fault]) for fault in FAILOVERS)
    print(f"{moves} failovers, {load.finished} customers, {time.monotonic() - begun:.0f} s")
    for fault, seconds in figures.items():
        print(f"| {fault} | {len(seconds)} | {sum(seconds) / len(seconds):.1f} | {max(seconds):.1f} |")
    assert not broken, "\n".join(broken)
    assert SHARE < 1 or moves >= 20
    late = {fault: seconds for fault, seconds in figures.items() if max(seconds) > HEALS_WITHIN_SECONDS}
    assert not late, late


def bear(fault: str, cluster: Cluster, instances, load: Load, watch: Watch) -> float:
    """One fault, from a time when all is well until it is again."""
    cluster.wait_until_synchronous()
    wait_until(lambda: watch.is_well, "an instance is ready")
    done = load.finished
    wait_until(lambda: load.finished > done or load.broken, "somebody registers")
    watch.reset()
    leader, standby = cluster.leader(), cluster.standby()
    match fault:
        case "the primary's server is killed":
            leader.signal_server(signal.SIGKILL)
        case "the primary's machine is killed":
            leader.kill_machine()
        case "the primary's machine stands still and goes on":
            leader.pause_machine()
            time.sleep(STANDS_STILL_SECONDS)
            leader.resume_machine()
        case "a planned move":
            cluster.switch_over()
        case "the standby's machine is killed":
            standby.kill_machine()
        case "the leader of etcd is killed":
            killed = cluster.etcd.leader()
            killed.kill()
            wait_until(lambda: cluster.etcd.leader() is not killed, f"{fault}: another one leads")
        case "an instance is killed":
            instances[0].kill()
        case "the instances are restarted one by one":
            for each in instances:
                assert each.stop() == 0
                each.start()
    if fault in FAILOVERS:
        wait_until(lambda: standby.is_leader, f"{fault}: the other one leads", pause=0.2)
    done = load.finished
    wait_until(lambda: load.finished > done or load.broken, f"{fault}: somebody registers", pause=0.1)
    wait_until(lambda: watch.is_well, f"{fault}: an instance is ready")
    cluster.etcd.start()
    for each in cluster.members:
        if each.process.poll() is not None:
            each.start()
    for each in instances:
        if each.process.poll() is not None:
            each.start()
    return watch.longest


def verify_the_trail(url: str) -> None:
    """P11; rows of the last minute may not be sealed yet."""
    done = subprocess.run(
        [program(), "audit", "verify"],
        env=_environment(BELEPO_DATABASE_URL=url), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0 or "altered" not in done.stderr, done.stderr
    print(done.stdout.strip())
