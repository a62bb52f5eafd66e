"""A gateway or the relay is broken for minutes, and customers go on registering.

A page never waits for a gateway. How long each page took is told and not judged: this machine has
other work too.
"""

import os
import time
from collections import Counter

import pytest

from client import Customer, Load, Mailbox
from conftest import Installation
from dispatching import PostOffice, PostOffices, Server, meanwhile, metrics, sms
from ledger import REGISTERED, Ledger
from mail_relays import RELAY_PASSWORD, RELAY_USER, OddRelay, Postfix
from sms_gateways import (
    ACCEPTED,
    NONSENSE,
    RESET,
    TAKEN_AND_HUNG,
    TRICKLE,
    Answer,
    says,
)
from waiting import GUARD_SECONDS, wait_until

# Of each fault of a gateway, and of the relay's absence.
FAULT_SECONDS = float(os.environ.get("DRILL_FAULT_SECONDS", "6"))
OUTAGE_SECONDS = float(os.environ.get("DRILL_OUTAGE_SECONDS", "20"))
CLIENTS = 2
# Customers of each client and rounds of the reader while something is broken, however long it is.
CUSTOMERS_EACH = 15
ROUNDS_EACH = 30

# docs/messages.md, "Numbers": between the tries of an e-mail and of an SMS, how far chance moves
# them, and what a gateway rests at most before it is tried again.
PAUSES = (2, 8, 20, 60, 300, 900)
LONGEST_SMS_PAUSE = 60
CHANCE = 0.25
LONGEST_REST = 60
# What a busy machine may need for all the rest.
GRACE_SECONDS = 30
# An SMS that waits for its next try, and no gateway is in its way.
NEXT_TRY_SECONDS = LONGEST_SMS_PAUSE * (1 + CHANCE) + GRACE_SECONDS


# A gateway is broken, in one way after another (P6, P8, P12).

# What a gateway asks for, often enough that it has to ask again.
PATIENCE_SECONDS = int(min(300, max(2, FAULT_SECONDS / 3)))
FAULTS = {
    "503": says(503),
    "429 with Retry-After": says(429, Retry_After=str(PATIENCE_SECONDS)),
    "reset": RESET,
    "taken and hung": TAKEN_AND_HUNG,
    "one byte a second": TRICKLE,
    "garbage": NONSENSE,
}
# After these everybody knows that a message was not taken.
DEFINITE = {"503", "429 with Retry-After"}
CODE_PAGE = "/regisztracio/telefonszam"
PUBLIC_PAGES = ("/", "/ugyfelportal", "/regisztracio", "/bejelentkezes", "/gyik", "/adatkezeles")
# What the page of the code says to everybody: it may take a while, and there are other ways.
PATIENCE = ("Néhány perc is eltelhet, mire megérkezik", "kérjen új SMS-t", "telefonon is kérhet")
DELAYED = "Az SMS küldése most akadozik"
IN_VAIN = "Az SMS nem ért el a telefonjára"


@pytest.mark.timeout(1800 + len(FAULTS) * (2 * FAULT_SECONDS + 300))
@meanwhile
def test_a_gateway_is_broken_for_a_while(offices: PostOffices):
    with offices.open() as office:
        # A little more than the default: a good answer has to come in time on a busy machine.
        server = office.server(BELEPO_SMS_TIMEOUT="12s", **OWN_DISPATCHER)
        town = installation(office, server)
        with Visitors(town) as visitors:
            # To compare with.
            time.sleep(FAULT_SECONDS)
        print(f"well: {times(visitors.said)}")
        for fault, answer in FAULTS.items():
            break_gateway(office, town, fault, answer)
        for event in ("gateway_open", "gateway_closed"):
            assert len(office.told(event)) >= len(FAULTS), event
        office.must_have_kept_its_promises(duplicates=1)
        town.must_have_kept_its_promises()
        assert server.stop() == 0


def break_gateway(office: PostOffice, town: Installation, fault: str, answer: Answer) -> None:
    (server,) = town.instances
    rests = 'belepo_gateway_open{gateway="kannel"}'
    is_open = lambda: metrics(server).get(rests) == 1  # noqa: E731
    hopeless = [sms(life=FAULT_SECONDS / 2) for _ in range(2)]
    begin, asked = time.time(), len(office.gateway.asked())
    office.gateway.answer_all(answer)
    office.queue.put(*hopeless)
    with Visitors(town) as visitors:
        # Its length is the point: this is no wait for anything.
        time.sleep(FAULT_SECONDS)
        wait_until(is_open, f"{fault}: the gateway rests", pause=0.2)
        told = visitors.are_told()
        asked = len(office.gateway.asked()) - asked
        well = time.time()
        office.gateway.answer_all(ACCEPTED)
        rest = max(LONGEST_REST, PATIENCE_SECONDS) + GUARD_SECONDS
        closed = wait_until(lambda: not is_open(), f"{fault}: it is used again", rest, pause=0.2)
    office.wait_until_ended(seconds=NEXT_TRY_SECONDS + GUARD_SECONDS)
    ends = must_have_ended_well(office, fault, begin, well, well + closed)
    assert {office.queue.row(each)["state"] for each in hopeless} <= {"expired", "failed"}
    # Whoever comes now notices nothing.
    newcomer(town).become_a_user()
    print(
        f"{fault}: {times(visitors.said)}; asked {asked} times while it was broken, used again"
        f" {closed:.1f} s after it; told to those who waited: {told}; messages: {ends}"
    )


def must_have_ended_well(
    office: PostOffice, fault: str, begin: float, well: float, closed: float
) -> dict[str, int]:
    """What was of use when the gateway was used again has arrived, but for what is in doubt."""
    rows = office.queue.rows(
        "SELECT id, state, unknowns, created_at, not_after FROM message"
        f" WHERE channel = 'sms' AND created_at >= {int(begin * 1000)}"
    )
    for row in rows:
        match row["state"]:
            case "expired":
                assert row["not_after"] / 1000 <= closed + NEXT_TRY_SECONDS, row
            case "failed":
                assert row["unknowns"] > 1 and fault not in DEFINITE, row
            case state:
                assert state == "sent", row
    waited = [row for row in rows if row["created_at"] / 1000 < well]
    assert any(row["state"] == "sent" for row in waited), f"{fault}: nothing arrived after all"
    return dict(Counter(row["state"] for row in rows))


class Visitors:
    """Customers who ask for a code and wait for it, and others who read public pages."""

    def __init__(self, town: Installation):
        self._waiting: list[Customer] = []
        pause = FAULT_SECONDS / CUSTOMERS_EACH
        self._customers = Load(lambda: newcomer(town), CLIENTS, self._ask_for_code, pause)
        self._readers = Load(lambda: newcomer(town), 1, self._read, FAULT_SECONDS / ROUNDS_EACH)

    @property
    def said(self) -> list:
        return self._customers.said + self._readers.said

    def are_told(self) -> dict[str, int]:
        """What the page says to those who wait when they look at it once more.

        Who waits behind another's message is told nothing until he has waited long enough, so they
        look again until somebody is told.
        """
        told = Counter()

        def is_somebody_told() -> bool:
            told.clear()
            told.update(self._look())
            return told["delayed"] + told["in vain"] > 0

        wait_until(is_somebody_told, "somebody who waits is told", pause=0.5)
        return dict(told)

    def _look(self) -> Counter:
        told = Counter()
        for customer in list(self._waiting):
            page = customer.open(CODE_PAGE).body
            told["delayed"] += DELAYED in page
            told["in vain"] += IN_VAIN in page
            told["nothing new"] += not (DELAYED in page or IN_VAIN in page)
        return told

    def __enter__(self):
        self._customers.__enter__()
        self._readers.__enter__()
        return self

    def __exit__(self, *_):
        for load in (self._customers, self._readers):
            load.stop()
            assert not load.broken, "\n".join(load.broken)
            assert load.finished > 0 and not load.refusals()
        for customer in self._waiting:
            customer.close()

    def _ask_for_code(self, customer: Customer) -> None:
        customer.go_to_code()
        missing = [words for words in PATIENCE if words not in customer.page.body]
        assert not missing, f"the page does not say {missing}"
        self._waiting.append(customer)

    @staticmethod
    def _read(reader: Customer) -> None:
        for path in PUBLIC_PAGES:
            reader.open(path)


# The relay is gone (P6, P7).


@pytest.mark.timeout(1800 + 3 * OUTAGE_SECONDS)
@meanwhile
def test_the_relay_is_gone_for_a_while(offices: PostOffices):
    with offices.open(relay=a_relay(offices.authority)) as office:
        server = office.server(**OWN_DISPATCHER | trusting(offices.authority))
        town = installation(office, server)
        newcomer(town).become_a_user()
        waiting, back = register_without_relay(office, town)
        office.wait_until_ended(seconds=longest_wait(OUTAGE_SECONDS))
        tell_lateness(office, back)
        # None expired, none given up.
        assert set(office.queue.states()) == {"sent"}, office.queue.states()
        assert office.told("gateway_closed")
        must_all_have_arrived(office)
        # They come back and find their code.
        for customer in waiting:
            customer.log_in()
            customer.confirm_email()
            customer.close()
        office.must_have_kept_its_promises(duplicates=1)
        town.must_have_kept_its_promises()
        assert server.stop() == 0


def register_without_relay(office: PostOffice, town: Installation) -> tuple[list[Customer], float]:
    """Those who wait for their letters, and when the relay was back."""
    waiting: list[Customer] = []

    def register(customer: Customer) -> None:
        customer.go_to_password()
        customer.choose_password()
        waiting.append(customer)

    pause = OUTAGE_SECONDS / CUSTOMERS_EACH
    with Load(lambda: newcomer(town), CLIENTS, register, pause) as load:
        wait_until(lambda: len(waiting) >= CLIENTS, "the first ones register")
        office.relay.stop()
        # Its length is the point: this is no wait for anything.
        time.sleep(OUTAGE_SECONDS)
        wait_until(lambda: office.told("gateway_open"), "somebody has noticed")
        back = time.time()
        office.relay.start()
    assert not load.broken, "\n".join(load.broken) + office.log()
    assert load.finished == len(waiting) == town.ledger.count(REGISTERED) - 1
    print(f"{len(waiting)} customers registered; {times(load.said)}")
    return waiting, back


def a_relay(authority) -> Postfix | OddRelay:
    """Only root can start Postfix."""
    if os.geteuid() == 0:
        return Postfix(authority.good())
    return OddRelay(None, authority.good(), "starttls", asks_for_password=True)


def trusting(authority) -> dict[str, str]:
    return {
        "BELEPO_MAIL_SMTP_USERNAME": RELAY_USER,
        "BELEPO_MAIL_SMTP_PASSWORD": RELAY_PASSWORD,
        "BELEPO_TLS_CA_FILE": str(authority.path),
    }


def longest_wait(outage: float) -> float:
    """From the relay's return to the last letter: the longest pause that a letter can have begun by
    then, and a rest."""
    begun, longest = 0.0, 0.0
    for pause in (*PAUSES, PAUSES[-1]):
        if begun > outage:
            break
        begun, longest = begun + pause * (1 - CHANCE), pause
    return longest * (1 + CHANCE) + LONGEST_REST + GUARD_SECONDS


def must_all_have_arrived(office: PostOffice) -> None:
    """Each letter once, but for those that the relay may have had in its hands as it was stopped."""
    rows = office.queue.rows("SELECT unknowns FROM message WHERE channel = 'email'")
    count, unknowns = len(rows), sum(row["unknowns"] for row in rows)
    is_here = lambda: len(office.relay.letters()) >= count  # noqa: E731
    wait_until(is_here, "all letters are in the mailbox", pause=0.2)
    letters = office.relay.letters()
    assert len({each.key for each in letters}) == count
    assert len(letters) <= count + unknowns
    print(f"{count} letters arrived, {len(letters) - count} twice; {unknowns} were in doubt")


def tell_lateness(office: PostOffice, back: float) -> None:
    select = "SELECT created_at, sent_at, tries FROM message WHERE channel = 'email'"
    rows = office.queue.rows(select)
    waited = [row for row in rows if row["sent_at"] / 1000 >= back]
    late = sorted(row["sent_at"] / 1000 - max(back, row["created_at"] / 1000) for row in waited)
    print(
        f"the relay was gone for {OUTAGE_SECONDS:.0f} s: {len(late)} of {len(rows)} letters waited"
        f" for it, with {max(row['tries'] for row in waited)} tries at most; after its return they"
        f" took {late[0]:.1f} s at the soonest, {late[len(late) // 2]:.1f} s as a rule,"
        f" {late[-1]:.1f} s at the latest"
    )


# What both stories need.

# At work as it is outside of drills.
OWN_DISPATCHER = {"BELEPO_MESSAGES_DISPATCHER": "serve", "BELEPO_LOG_LEVEL": "info"}


def installation(office: PostOffice, server: Server) -> Installation:
    ledger = Ledger(office.folder.path / "ledger.jsonl")
    mailbox = Mailbox(office.gateway, office.relay)
    return Installation(office.queue.rows, [server], ledger, mailbox)


def newcomer(town: Installation) -> Customer:
    (server,) = town.instances
    return town.customer(lambda: server.address, is_tolerant=False)


def times(said: list) -> str:
    """How long pages took."""
    slowest = sorted(said, key=lambda each: each.seconds)
    at = lambda share: slowest[int(share * (len(slowest) - 1))].seconds * 1000  # noqa: E731
    return (
        f"{len(slowest)} pages, half within {at(0.5):.0f} ms, 99 of 100 within {at(0.99):.0f} ms,"
        f" the slowest in {slowest[-1].seconds * 1000:.0f} ms: {slowest[-1]}"
    )
