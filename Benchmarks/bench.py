"""Measures the release build in the production configuration, on both engines
(docs/rules.md#numbers-to-hold).

Load is bounded in count and time and stays on this machine. Each figure is the median of three runs.
"""

import os
import shutil
import signal
import statistics
import sys
import time

import messages
import profiling
from cost import (
    MANY,
    RUNS,
    WARM_UP,
    first_page_kb,
    logins,
    many_at_once,
    messages_apart,
    one_alone,
    pages,
)
from installation import installation
from people import registrations
from report import Figures, heading, load_of_the_machine, print_columns
from storm import memory_afterwards, start_seconds, storm

CUSTOMERS = 20_000


def main():
    print("belepo bench,", load_of_the_machine())
    bench(None, "beside hashes, embedded")
    if url := os.environ.get("POSTGRES_FOR_TESTS"):
        bench(url, "beside hashes, PostgreSQL")


def bench(postgres_url, target):
    figures = Figures()
    with installation(postgres_url) as installed:
        heading(f"# {installed.engine.name}")
        installed.import_register(CUSTOMERS)
        # The schema's last touch and the first pages of the file are in place for the next start.
        installed.stop(installed.serve())
        started = start_seconds(installed)
        server = installed.serve()
        time.sleep(2)
        idle = server.memory_mb()

        registrations([server], installed.post, installed.strangers, MANY, count=WARM_UP)
        runs = [many_at_once(installed, [server]) for _ in range(RUNS)]
        whole = medians(runs)
        alone = medians([one_alone(installed, server) for _ in range(RUNS)])
        each_page = pages(installed, server)
        apart = messages_apart(installed)
        print_parts(whole, alone, each_page, apart, installed.engine)
        print_database(installed, server)
        print_pages(each_page, installed.engine)
        print_waiting(runs, whole)

        known, new = (logins(installed, server, is_known) for is_known in (True, False))
        heading("Numbers to hold")
        figures.add(f"registrations a second, {MANY} people at once", whole["a second"])
        name = "CPU of one registration beside its two hashes"
        figures.add_target(name, whole["beside hashes"], target)
        if installed.engine.counts_statements:
            figures.add_target("statements of one registration", whole["statements"], "statements")
            figures.add_target("round trips of one registration", whole["round trips"], "round trips")
        form = each_page["/regisztracio"]
        figures.add_target("CPU of one form page", form["server"] + form["database"], "form page")
        for name, one in (("known browser", known), ("new browser, its letter too", new)):
            beside = one["server"] + one["database"] - whole["hash"]
            figures.add_target(f"CPU of one login beside its hash, {name}", beside, "login")
        figures.add_target("start to ready, existing database", started, "start")
        figures.add_target("first page, compressed, everything", first_page_kb(server), "first page")
        figures.add_target("memory, idle", idle, "memory idle")
        storm(installed, server)
        after, most = memory_afterwards(server, (1, 60))
        figures.add_target("memory, 200 in flight and a login storm", most, "memory storm")
        for seconds, megabytes in after.items():
            figures.add(f"memory, {seconds} s after the storm", megabytes, "MB")
        figures.print()
    heading(f"From click to gateway, {installed.engine.name}")
    messages.bench_alone(postgres_url)


def medians(runs):
    numbers = [name for name, value in runs[0].items() if isinstance(value, (int, float))]
    return {name: statistics.median(run[name] for run in runs) for name in numbers}


def print_parts(whole, alone, each_page, apart, engine):
    """Every part is measured in its own way; what none of them explains is the forms'."""
    hashing = 2 * whole["hash"]
    seen = {name: sum(page[name] for page in each_page.values()) for name in ("server", "database")}
    sending = apart["server 1"]
    forms = apart["server 0"] - hashing - seen["server"]
    heading("CPU of one registration, ms")
    rows = [
        ("", "the program", "the database"),
        ("hashing, two", hashing, 0.0),
        (f"pages, {len(each_page)} GETs", seen["server"], seen["database"]),
        ("messages, in a dispatcher of its own", sending, ""),
        (
            "forms, with their decisions" if engine.counts_statements else "forms and the database",
            forms,
            "",
        ),
        (f"whole, {MANY} people at once", whole["server"], whole["database"]),
        ("whole, one person alone", alone["server"], alone["database"]),
    ]
    print_columns(rows)
    rows = [
        ("one person alone, from the first page to the portal", f"{alone['whole']:.1f} ms"),
        ("of that nobody computes: disk, queues, timers", f"{alone['waiting']:.1f} ms"),
        (f"{MANY} people at once: each takes", f"{whole['whole']:.0f} ms"),
        ("95 of 100 at most", f"{whole['whole, 95 of 100']:.0f} ms"),
        ("registrations a second", f"{whole['a second']:.1f}"),
        ("hashes a second alone, of all cores", f"{whole['hashes a second']:.1f}"),
        ("the people's own CPU, on the same cores", f"{whole['people']:.1f} ms"),
        ("the provider's and relay's", f"{whole['post']:.1f} ms"),
        ("registrations that failed", f"{whole['failed']:.0f}"),
    ]
    print()
    print_columns(rows)


def print_database(installed, server):
    """The program's own part of the database: queries, and all of the embedded one."""
    if not shutil.which("perf"):
        print("perf is missing, so that the program's part of the database is not told")
        return
    profile, cost = profiling.look(installed, server)
    share = profile.parts["database"] / profile.total
    print(f"the program's own part of the database: {share * cost['server']:.2f} ms of all these")


def print_pages(each_page, engine):
    heading("One GET of each page")
    rows = [("", "bytes", "CPU ms", "database ms", "statements")]
    for path, page in each_page.items():
        counted = f"{page['statements']:.1f}" if engine.counts_statements else ""
        rows.append((path, f"{page['bytes']:.0f}", page["server"], page["database"], counted))
    print_columns(rows)


def print_waiting(runs, whole):
    heading(f"What {MANY} people at once wait for, median ms")
    names = list(runs[0]["seconds"])
    rows = [
        (name, statistics.median(run["seconds"][name] for run in runs if name in run["seconds"]))
        for name in names
    ]
    print_columns(sorted(rows, key=lambda row: -row[1])[:8])
    for run in runs:
        for failure in run["failures"]:
            print("failed:", failure)
    rates = ", ".join(f"{run['a second']:.1f}" for run in runs)
    costs = ", ".join(f"{run['beside hashes']:.1f}" for run in runs)
    print(f"runs: {rates} a second; {costs} ms beside hashes")


if __name__ == "__main__":
    # Who ends the bench ends the servers that it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
