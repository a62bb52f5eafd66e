"""What becomes of the figures as an installation grows: instances, customers, accounts, messages that
wait. Draws docs/pictures/growth.svg.

Takes long and some gigabytes in the temporary folder; GROWTH_CUSTOMERS names other sizes of the
register, as "10000,1000000".
"""

import os
import shutil
import signal
import statistics
import sys
import tempfile
import time

import growth_rows
import messages
from cost import MANY, RUNS, WARM_UP, Account, many_at_once
from customers import Strangers, register
from growth_picture import draw
from installation import installation
from people import registrations
from portal_client import Browser
from post_office import Counter
from processes import ROOT
from report import heading, load_of_the_machine, print_columns

SIZES = [int(size) for size in os.environ.get("GROWTH_CUSTOMERS", "10000,1000000,10000000").split(",")]
IMPORTED = 10_000
INSTANCES = (1, 2, 4)
SECONDS = 10
LOOK_UPS = 200
BYTES_OF_A_CUSTOMER = 500


def main():
    print("belepo growth,", load_of_the_machine())
    need = max(SIZES) * BYTES_OF_A_CUSTOMER * 2
    if shutil.disk_usage(tempfile.gettempdir()).free < need:
        sys.exit(f"{need / 1e9:.0f} GB are needed in {tempfile.gettempdir()}")
    url = os.environ["POSTGRES_FOR_TESTS"]
    instances = {count: with_instances(url, count) for count in INSTANCES}
    sizes = {"SQLite": with_customers(None), "PostgreSQL": with_customers(url)}
    queues = {}
    for name, address in (("SQLite", None), ("PostgreSQL", url)):
        heading(f"Messages, {name}")
        queues[name] = messages.bench_queues(address)
    picture = ROOT / "docs/pictures/growth.svg"
    picture.write_text(draw(instances, sizes, queues), encoding="utf-8")
    print(f"\n{picture.relative_to(ROOT)} is drawn")


def with_instances(url, count):
    heading(f"{count} instances on one PostgreSQL, all on this machine")
    with installation(url) as installed:
        installed.import_register(2 * IMPORTED)
        servers = [installed.serve() for _ in range(count)]
        registrations(servers, installed.post, installed.strangers, MANY, count=WARM_UP)
        found = middle([many_at_once(installed, servers, SECONDS) for _ in range(RUNS)])
        print_cost(found)
        return found


def with_customers(url):
    """A row for each size of the register, and one with accounts in the largest."""
    found = {}
    for size in SIZES:
        with installation(url) as installed:
            heading(f"{size} customers, {installed.engine.name}")
            installed.strangers = Strangers(growth_rows.who_registers(size))
            began = time.monotonic()
            installed.import_register(IMPORTED)
            growth_rows.add_customers(installed.engine, IMPORTED, size)
            found[f"{size}"] = measure(installed, size, time.monotonic() - began)
            if size == max(SIZES):
                accounts = size // 10
                heading(f"{size} customers, {accounts} accounts, {installed.engine.name}")
                began = time.monotonic()
                growth_rows.add_accounts(installed.engine, accounts)
                found[f"{size}+{accounts}"] = measure(installed, size, time.monotonic() - began)
    return found


def measure(installed, customers, making):
    print(f"made in {making:.0f} s, {installed.engine.megabytes():.0f} MB")
    server = installed.serve()
    registrations([server], installed.post, installed.strangers, MANY, count=WARM_UP)
    found = middle([many_at_once(installed, [server], SECONDS) for _ in range(RUNS)])
    found["look-up"] = look_up_ms(installed, server, customers)
    print_cost(found)
    # The last account is a whole one, for who copies it.
    browser, counter = Browser(server.port), Counter(installed.post.counter_port)
    register(browser, counter, installed.strangers.next())
    counter.close()
    browser.close()
    installed.stop(server)
    return found


def look_up_ms(installed, server, customers):
    """CPU of one form of the first step that finds a customer, whose phone is another one."""
    found = []
    strangers = Strangers(growth_rows.who_is_looked_up(customers))
    for _ in range(RUNS):
        browser = Browser(server.port)
        browser.get("/regisztracio")
        account = Account(installed, server)
        for _ in range(LOOK_UPS):
            customer = strangers.next()
            browser.post(
                "/regisztracio",
                kind="customer",
                customerNumber=customer.customer_number,
                mobilePrefix="30",
                mobileNumber="9999999",
            )
        cost = account.close(LOOK_UPS)
        found.append(cost["server"] + cost["database"])
        browser.close()
    return statistics.median(found)


def middle(runs):
    numbers = [name for name, value in runs[0].items() if isinstance(value, (int, float))]
    return {name: statistics.median(run[name] for run in runs) for name in numbers}


def print_cost(found):
    rows = [
        ("registrations a second", found["a second"]),
        ("CPU of one, ms", found["server"] + found["database"]),
        ("beside its two hashes, ms", found["beside hashes"]),
        ("of that the database's, ms", found["database"]),
        ("registrations that failed", found["failed"]),
    ]
    if "look-up" in found:
        rows.append(("CPU of one form that looks a number up, ms", found["look-up"]))
    print_columns(rows)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
