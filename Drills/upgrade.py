"""The version before and this one on one database: instances are replaced under registrations, and back.

`make drill-upgrade`, which builds the version before; no part of `make test`. With a program that is
there already:

    UPGRADE_FROM_PROGRAM=/path/to/belepo Drills/run.sh -n 0 -rA upgrade.py
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from client import Customer, Load
from conftest import Installation
from ledger import Ledger, postgres_rows
from parts import HAProxy, Instance, Postgres, import_customers, instance_environment
from program import program
from waiting import wait_until

CLIENTS = int(os.environ.get("UPGRADE_CLIENTS", "4"))
# How many arrive in each state: before, with both versions at once, and after.
ARRIVALS = int(os.environ.get("UPGRADE_ARRIVALS", "12"))
BOUND_SECONDS = 1800


@pytest.fixture(scope="module")
def before() -> str:
    named = os.environ.get("UPGRADE_FROM_PROGRAM")
    assert named, "which program comes before this one? make drill-upgrade builds it"
    return str(Path(named).resolve())


@pytest.fixture
def installation(before, tmp_path):
    """Two instances of the version before, on the schema that it made."""
    with Postgres() as server:
        import_customers(server.url, by=before)
        settings = {
            "BELEPO_HTTP_TRUSTED_PROXIES": "127.0.0.1",
            # On a busy machine a proxy hears of a stop only after some of its looks were answered late.
            "BELEPO_HTTP_DRAIN": "5s",
            "BELEPO_BRAND_DIRECTORY": str(brand_of_an_insurer(before, tmp_path / "brand")),
        }
        with (
            Instance(server.url, by=before, **settings) as first,
            Instance(server.url, by=before, **settings) as second,
        ):
            ledger = Ledger(tmp_path / "ledger.jsonl")
            yield Installation(postgres_rows(server.url), [first, second], ledger)


def brand_of_an_insurer(program: str, folder: Path) -> Path:
    """Its documents and declarations are its own, and stay as they are when the program changes: whoever
    is asked for other words than were read has to answer anew."""
    shutil.copytree(Path(program).parent / "belepo_Wording.resources/Brand", folder)
    (folder / "texts").mkdir(exist_ok=True)
    for language, words in (("hu", "Hozzájárulok."), ("en", "I agree.")):
        (folder / "texts" / f"{language}.yaml").write_text(
            f"contact.marketing.text: {words}\ncontact.dataProcessing.text: {words}\n", encoding="utf-8"
        )
    return folder


def migrate(installation: Installation) -> int:
    """With the new program; answers with the number of steps."""
    url = installation.instances[0].settings["BELEPO_DATABASE_URL"]
    done = subprocess.run(
        [program(), "migrate"], env=instance_environment(BELEPO_DATABASE_URL=url),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout, end="")
    return done.stdout.count("took step")


def let_arrive(load: Load, count: int = ARRIVALS) -> None:
    done = load.finished
    wait_until(lambda: load.finished >= done + count or load.broken, "customers arrive", seconds=600)


def replace_all(installation: Installation, proxy: HAProxy, load: Load, by: str | None) -> None:
    """One instance after the other, each while customers are on the way, as docs/operations say."""
    for name, instance in zip("ab", installation.instances):
        for each in "ab":
            proxy.wait_until_up(each)
        assert instance.stop() == 0, instance.log_tail()
        instance.by = by
        instance.start()
        proxy.wait_until_up(name)
        let_arrive(load)


def look_again(customer: Customer) -> None:
    """Who is logged in stays it. The proxy has given up a connection that was idle for so long."""
    customer.close()
    customer.open("/fiok")


def must_have_served_all(load: Load, instances: list[Instance]) -> None:
    print(f"{load.finished} customers, {len(load.said)} requests")
    refused = [str(each) for each in load.refusals()]
    problems = [line for each in instances for line in each.problems()]
    assert not load.broken + refused, "\n".join(load.broken + refused + problems)


@pytest.mark.timeout(BOUND_SECONDS)
def test_the_next_version_comes_and_goes_without_a_failed_request(before, installation):
    """No answer is 503 or missing, what customers were told is so, and who is logged in stays it."""
    with HAProxy(*installation.instances) as proxy:
        new = lambda: installation.customer(lambda: proxy.address, is_tolerant=False)  # noqa: E731
        anna = new()
        anna.become_a_user()
        with Load(new, CLIENTS) as load:
            let_arrive(load)
            print(f"{migrate(installation)} steps while the version before serves")
            let_arrive(load)
            replace_all(installation, proxy, load, by=None)
            look_again(anna)
            # And back, on the new schema: whoever has a reason to need not wait for a restore.
            replace_all(installation, proxy, load, by=before)
            look_again(anna)
        anna.close()
    must_have_served_all(load, installation.instances)
    installation.must_have_kept_its_promises()
