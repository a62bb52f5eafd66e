"""Killed at random moments while customers register, again and again, on SQLite."""

import os
import random
import time

from client import Load
from conftest import Installation
from ledger import EMAIL_CONFIRMED, REGISTERED, sqlite_rows
from parts import Folder, Instance, import_customers

KILLS = int(os.environ.get("DRILL_KILLS", "20"))
CLIENTS = 4
# Long enough that all is under way, short enough that the first requests are hit too.
SHORTEST_LIFE, LONGEST_LIFE = 0.05, 1.5
# Every fourth kill or so is followed by one in the middle of the start.
START_IS_KILLED, LONGEST_START = 0.25, 0.2
# A start after a crash: SQLite's promise of section 5.1.
READY_SECONDS = 5


def test_nothing_that_was_acknowledged_is_lost(ledger):
    seed = int(os.environ.get("DRILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
    print(f"DRILL_SEED={seed} DRILL_KILLS={KILLS}")
    chance = random.Random(seed)
    folder = Folder("crash-loop")
    database = folder.path / "drill.sqlite"
    import_customers(f"sqlite:{database}")
    with Instance(f"sqlite:{database}") as instance:
        installation = Installation(sqlite_rows(database), [instance], ledger)
        slowest = 0.0
        with Load(lambda: installation.customer(lambda: instance.address), CLIENTS) as load:
            for _ in range(KILLS):
                # The moment is the point: this is no wait for anything.
                time.sleep(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
                instance.kill()
                if chance.random() < START_IS_KILLED:
                    instance.launch()
                    time.sleep(chance.uniform(0, LONGEST_START))
                    instance.kill()
                slowest = max(slowest, instance.start())
        assert not load.broken, "\n".join(load.broken)
        installation.must_have_kept_its_promises()
        print(
            f"{KILLS} kills, {load.finished} customers, {ledger.count(REGISTERED)} registered, "
            f"{ledger.count(EMAIL_CONFIRMED)} confirmed, {len(load.refusals())} requests without "
            f"an answer, the slowest start {slowest:.1f} s"
        )
        assert load.refusals(), "no kill hit a request: more clients or longer lives are needed"
        assert slowest < READY_SECONDS
        check = installation.rows("PRAGMA integrity_check")
        assert [list(row.values()) for row in check] == [["ok"]]
        assert instance.stop() == 0
    folder.remove()
