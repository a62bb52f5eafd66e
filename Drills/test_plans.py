"""What PostgreSQL looks at for one customer does not grow with the register.

The server itself tells it, for each statement of a registration, a login and the portal's first page.
The tables' statistics are those of a register that has just come: nobody has analysed anything yet.
"""

import json

import pytest

from conftest import Installation
from ledger import Ledger, postgres_rows
from parts import Instance, Postgres, import_customers

CUSTOMERS = 3_000
# One customer's rows, and those of tables that stay small.
MOST_ROWS = 60
# PostgreSQL keeps a plan for whatever comes after five of a kind.
PEOPLE = 16

EXPLAINED = {
    "shared_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "autovacuum": "off",
}


@pytest.fixture
def installation(tmp_path):
    with Postgres(**EXPLAINED) as postgres:
        import_customers(postgres.url, count=CUSTOMERS)
        # Sealing reads what everybody wrote, and no customer waits for it: on a busy machine the first rows
        # would be old enough before the last customer has come.
        with Instance(postgres.url, BELEPO_LIMITS_SEAL_AFTER="3600s") as instance:
            ledger = Ledger(tmp_path / "ledger.jsonl")
            yield Installation(postgres_rows(postgres.url), [instance], ledger), instance, postgres


def plans(log: str):
    """Each statement that the server tells of, with its plan."""
    for told in log.split(" plan:\n")[1:]:
        plan, is_whole, _ = told.partition("\n\t}\n")
        if is_whole:
            yield json.loads(plan + "}")


def looked_at(plan: dict) -> int:
    """How many rows the scans of a plan have taken into the hand, those put back included."""
    rows = 0
    if "Scan" in plan["Node Type"]:
        each = plan.get("Actual Rows", 0) + sum(
            count for name, count in plan.items() if name.startswith("Rows Removed by")
        )
        rows = each * plan.get("Actual Loops", 1)
    return rows + sum(looked_at(part) for part in plan.get("Plans", []))


def test_no_statement_looks_at_the_register_as_a_whole(installation):
    installed, instance, postgres = installation
    before = len(postgres.log.read_text())
    for _ in range(PEOPLE):
        installed.customer(lambda: instance.address, is_tolerant=False).become_a_user()
    told = list(plans(postgres.log.read_text()[before:]))
    texts = " ".join(each["Query Text"] for each in told)
    for table in ("register_customer", "registration", "account", "message", "session"):
        assert table in texts, f"the server tells of no statement on {table}"
    greedy = {
        each["Query Text"]: looked_at(each["Plan"])
        for each in told
        if looked_at(each["Plan"]) > MOST_ROWS
        # The round of sealing that every start begins with.
        and "audit_seal" not in each["Query Text"]
        # The meters count every five minutes, for nobody's request.
        and "AS customers FROM register_customer" not in each["Query Text"]
    }
    assert not greedy, "\n\n".join(f"{rows} rows: {text}" for text, rows in greedy.items())
    assert instance.stop() == 0
