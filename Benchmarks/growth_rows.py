"""A large installation in minutes: rows put into the database by its own SQL.

The register goes on where the imported one ends. Accounts are copies of what one real registration
has left, with all columns that there are; only what tells people apart is different.
"""

import time

from customers import Customer

# Of ten customers the first three register here, the fourth may have an account, the sixth is looked up.
WITH_ACCOUNT = 3
LOOKED_UP = 5
# Audited long enough ago to be in no limit's window, and soon enough to be kept.
EARLIER_MS = 30 * 86_400_000


def who_registers(customers):
    """Spread over the whole register, and nobody twice."""
    tenth = customers // 10
    return lambda turn: 10 * (turn * 7919 % tenth) + turn // tenth


def who_is_looked_up(customers):
    tenth = customers // 10
    return lambda turn: 10 * (turn * 7919 % tenth) + LOOKED_UP


def seven_digits(number):
    return f"substr('' || (10000000 + {number}), 2)"


def add_customers(engine, first, count):
    """From the customer `first` up to the number `count`, each with a policy."""
    if count <= first:
        return
    numbers = engine.numbers.format(first=first, last=count - 1)
    generation = "(SELECT generation FROM register_state)"
    model = Customer(0)
    # The first customer's policy tells how the import has written it.
    key = engine.value(
        f"SELECT policy_number FROM register_policy WHERE customer_number = '{model.customer_number}'"
    )
    prefix = key.removesuffix(model.customer_number)
    engine.do(
        f"""
        INSERT INTO register_customer (generation, customer_number, name, sms_number, status)
        SELECT {generation}, {seven_digits('i')}, 'Mérés Márta ' || i,
          '+3630' || (2000000 + i % 7000000), 'active'
        FROM ({numbers}) AS numbers
        """,
        f"""
        INSERT INTO register_policy
          (generation, policy_number, written_number, customer_number, product, status, valid_from)
        SELECT {generation}, '{prefix}' || {seven_digits('i')}, 'ME-' || {seven_digits('i')},
          {seven_digits('i')}, 'lakás', 'active', '2024-01-01'
        FROM ({numbers}) AS numbers
        """,
    )
    engine.settle()


def add_accounts(engine, count, is_sealed=True):
    """So many, each as the newest account is: its registration, declarations, device and trail.

    - is_sealed: by seals that stop a server from sealing them, and that `audit verify` refuses
    """
    account, registration, customer = engine.value(
        "SELECT id || ' ' || registration_id || ' ' || customer_number"
        " FROM account WHERE id = (SELECT max(id) FROM account)"
    ).split(" ")
    numbers = engine.numbers.format(first=0, last=count - 1)
    owner = seven_digits(f"(10 * i + {WITH_ACCOUNT})")
    new = f"(SELECT id, customer_number FROM registration WHERE id > {registration}) AS new"
    made = f"(SELECT id, registration_id, customer_number FROM account WHERE id > {account}) AS new"
    of_new = {"account_id": "new.id", "registration_id": "new.registration_id"}

    copy(
        engine,
        "registration",
        f"id = {registration}",
        f"({numbers}) AS new",
        {
            "case_number": "'N' || i",
            "customer_number": owner,
            "opening_key": engine.chance_of("i"),
            "token_hash": engine.chance_of("i"),
            "previous_token_hash": "NULL",
        },
    )
    copy(
        engine,
        "account",
        f"id = {account}",
        new,
        {
            "customer_number": "new.customer_number",
            "email": "'volt' || new.customer_number || '@pelda.example'",
            "email_shown": "'volt' || new.customer_number || '@pelda.example'",
            "registration_id": "new.id",
        },
    )
    copy(engine, "declaration", f"account_id = {account}", made, of_new)
    copy(
        engine,
        "known_device",
        f"account_id = {account}",
        made,
        {"token_hash": engine.chance_of("new.id"), "account_id": "new.id"},
    )
    copy(
        engine,
        "audit_event",
        f"customer_number = '{customer}'",
        made,
        {
            "account_id": "CASE WHEN model.account_id IS NULL THEN NULL ELSE new.id END",
            "registration_id": (
                "CASE WHEN model.registration_id IS NULL THEN NULL ELSE new.registration_id END"
            ),
            "customer_number": "new.customer_number",
            "at": f"model.at - {EARLIER_MS}",
        },
    )
    now = int(time.time() * 1000)
    engine.do(
        f"INSERT INTO pseudonym_salt (customer_number, salt)"
        f" SELECT customer_number, {engine.chance_of('id', 16)} FROM account WHERE id > {account}",
        # Sealed long ago, as all but the last minute's rows are.
        *(
            f"INSERT INTO audit_seal (stream, last_id, row_count, hash, sealed_at)"
            f" SELECT '{stream}', max(id), 1, {engine.chance_of('max(id)')}, {now} FROM {stream}"
            for stream in ("declaration", "audit_event")
            if is_sealed
        ),
    )
    engine.settle()


def copy(engine, table, which, source, different):
    """The model's rows once for each row of a source."""
    columns = [name for name in engine.columns(table) if name != "id"]
    values = [different.get(name, f"model.{name}") for name in columns]
    engine.do(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
        f" FROM {source} CROSS JOIN (SELECT * FROM {table} WHERE {which}) AS model"
    )
