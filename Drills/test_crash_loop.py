"""Killed at random moments and at named points while customers register, on SQLite."""

import os
import random
import time

import pytest

from client import Load
from conftest import Installation
from ledger import EMAIL_CONFIRMED, REGISTERED, sqlite_rows
from parts import Folder, Instance, built_killer, import_customers

KILLS = int(os.environ.get("DRILL_KILLS", "20"))
CLIENTS = 4
# Long enough that all is under way, short enough that the first requests are hit too.
SHORTEST_LIFE, LONGEST_LIFE = 0.05, 1.5
# Every fourth kill or so is followed by one in the middle of the start.
START_IS_KILLED, LONGEST_START = 0.25, 0.2
# The points of kill_at.c, each with the latest of its calls to die at: a few seconds' worth.
POINTS = {
    "before-log": 150,
    "half-logged": 150,
    "before-sync": 60,
    "committed": 60,
    "half-answered": 60,
    "half-checkpointed": 5,
}
KILLS_AT_EACH_POINT = max(1, KILLS // 10)
# What a start after a crash may cost, on SQLite (P12). Of the processor's time, for the clock on the wall
# tells how busy the machine is, too.
READY_SECONDS = 5
# Beyond that only the loop gets longer.
MOST_SLOWNESS = 10


@pytest.mark.timeout(1800 + 30 * KILLS)
def test_nothing_that_was_acknowledged_is_lost(ledger):
    seed = int(os.environ.get("DRILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
    print(f"DRILL_SEED={seed} DRILL_KILLS={KILLS}")
    chance = random.Random(seed)
    deaths = ["at a random moment"] * KILLS + list(POINTS) * KILLS_AT_EACH_POINT
    chance.shuffle(deaths)
    folder = Folder("crash-loop")
    database = folder.path / "drill.sqlite"
    import_customers(f"sqlite:{database}")
    killer = built_killer(folder.path)
    with Instance(f"sqlite:{database}") as instance:
        installation = Installation(sqlite_rows(database), [instance], ledger)
        slowest = dearest = 0.0
        # How many times longer everything takes than where the processor is ours alone: a life that is as
        # long as ever on the clock would be too short for any customer.
        slowness = 1.0
        with Load(lambda: installation.customer(lambda: instance.address), CLIENTS) as load:
            for death in deaths:
                # The moment is the point: this is no wait for anything.
                time.sleep(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE) * slowness)
                instance.kill()
                if death in POINTS:
                    instance.die_at(death, chance.randint(1, POINTS[death]), killer)
                elif chance.random() < START_IS_KILLED:
                    instance.launch()
                    time.sleep(chance.uniform(0, LONGEST_START))
                    instance.kill()
                took, cost = instance.start(), instance.cpu_seconds()
                slowest, dearest = max(slowest, took), max(dearest, cost)
                slowness = min(max(1.0, took / max(cost, 0.01)), MOST_SLOWNESS)
        assert not load.broken, "\n".join(load.broken)
        installation.must_have_kept_its_promises()
        print(
            f"{KILLS} kills at random moments, {KILLS_AT_EACH_POINT} at each of {len(POINTS)} points; "
            f"{load.finished} customers, {ledger.count(REGISTERED)} registered, "
            f"{ledger.count(EMAIL_CONFIRMED)} confirmed, {len(load.refusals())} requests without "
            f"an answer, the slowest start {slowest:.1f} s, the dearest {dearest:.1f} s"
        )
        assert load.refusals(), "no kill hit a request: more clients or longer lives are needed"
        assert dearest < READY_SECONDS
        check = installation.rows("PRAGMA integrity_check")
        assert [list(row.values()) for row in check] == [["ok"]]
        assert instance.stop() == 0
    folder.remove()
