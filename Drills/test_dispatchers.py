"""Dispatchers that are killed, stopped and continued, or work beside each other; on both engines.

A message in the hands of a dead one is taken over when its lease is over, a minute later. The
stories wait for that together.
"""

import signal
import threading
import time

import pytest

from dispatching import (
    HASTY,
    TAKEN_OVER_SECONDS,
    PostOffices,
    letter,
    meanwhile,
    sms,
)
from mail_relays import DROPPED, END, TAKEN_AND_HUNG
from sms_gateways import ACCEPTED, RESET, says
from sms_gateways import TAKEN_AND_HUNG as TAKEN_AND_NEVER_ANSWERED
from waiting import GUARD_SECONDS, wait_until

# All of them wait for leases together.
AT_ONCE = 30
ENGINES = ["sqlite", "postgres"]
PAUSE_SECONDS = 120
# Enough that some are sent, some are in the gateway's hands and some wait when the blow falls.
MESSAGES = 30
# Where in the row the blow falls.
TURN = 8
# Of fifty messages, for two dispatchers who share them.
ROUNDS = 50


class Blow:
    """Falls once, at its turn."""

    def __init__(self, turn: int, strike):
        self._left = turn
        self._strike = strike
        self._lock = threading.Lock()
        self.has_fallen = threading.Event()

    @property
    def is_next(self) -> bool:
        return self._left == 1

    def __call__(self, *_) -> None:
        with self._lock:
            self._left -= 1
            is_due = self._left == 0
        if is_due:
            self._strike()
            self.has_fallen.set()


# Crashes.


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("channel", ["sms", "email"])
@meanwhile
def test_killed_when_a_message_is_leased_and_not_yet_sent(
    offices: PostOffices, engine: str, channel: str
):
    """At the moment in which it opens a line to the gateway."""
    with offices.open(engine) as office:
        port = office.gateway.port if channel == "sms" else office.relay.port
        doomed = office.dispatcher(
            LD_PRELOAD=str(offices.halter),
            HALT_PORT=str(port),
            HALT_SIGNAL=str(int(signal.SIGKILL)),
        )
        office.record.tell_crash()
        messages = put(office, channel)
        doomed.process.wait(GUARD_SECONDS)
        assert doomed.process.returncode == -signal.SIGKILL, doomed.log_tail()
        leased = office.queue.states().get("leased", 0)
        assert leased > 0 and handed(office, channel) == []
        office.dispatcher()
        office.wait_until_ended(seconds=TAKEN_OVER_SECONDS)
        # Nobody can know that it was never sent; it is not lost, and not doubled either.
        assert len(handed(office, channel)) == len(messages)
        unknowns = [office.queue.row(each)["unknowns"] for each in messages]
        assert sum(unknowns) == leased and max(unknowns) == 1
        office.must_have_kept_its_promises(duplicates=0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("moment", ["arrived", "taken"])
@meanwhile
def test_killed_while_a_gateway_has_a_message(
    offices: PostOffices, engine: str, channel: str, moment: str
):
    """When it has arrived and is not taken, and when it is taken and nobody was told."""
    with offices.open(engine) as office:
        doomed = office.dispatcher()
        blow = Blow(TURN, lambda: office.kill(doomed))
        if moment == "taken":
            office.gateway.on_taken = office.relay.on_taken = blow
        elif channel == "sms":
            office.gateway.on_arrival = blow
            office.gateway.answer_all(lambda _: RESET if blow.is_next else ACCEPTED)
        else:
            office.relay.on_arrival = blow
            office.relay.reply_all(END, lambda: DROPPED if blow.is_next else None)
        messages = put(office, channel)
        assert blow.has_fallen.wait(GUARD_SECONDS), office.log()
        doomed.process.wait(GUARD_SECONDS)
        office.dispatcher()
        office.wait_until_ended(seconds=TAKEN_OVER_SECONDS)
        assert office.queue.states() == {"sent": len(messages)}
        assert any(office.queue.row(each)["unknowns"] == 1 for each in messages)
        office.must_have_kept_its_promises()


@pytest.mark.parametrize("engine", ENGINES)
@meanwhile
def test_killed_when_results_are_recorded(offices: PostOffices, engine: str):
    """What is recorded stays so, and is not sent again."""
    with offices.open(engine) as office:
        doomed = office.dispatcher()
        messages = put(office, "sms") + put(office, "email")
        wait_until(
            lambda: office.queue.states().get("sent", 0) >= TURN,
            "some are recorded",
            pause=0.005,
        )
        office.kill(doomed)
        doomed.process.wait(GUARD_SECONDS)
        known = {
            row["key"] for row in office.queue.rows("SELECT key FROM message WHERE state = 'sent'")
        }
        office.dispatcher()
        office.wait_until_ended(seconds=TAKEN_OVER_SECONDS)
        assert office.queue.states() == {"sent": len(messages)}
        for message in messages:
            if message.key in known:
                asked = office.gateway.asked(message.to) or office.relay.tried(message.to)
                assert len(asked) == 1, message.key
        office.must_have_kept_its_promises()


@pytest.mark.parametrize("engine", ENGINES)
@meanwhile
def test_a_message_that_kills_every_dispatcher_is_given_up_with_an_alarm(
    offices: PostOffices, engine: str
):
    """Two are enough. Whatever comes meanwhile arrives."""
    with offices.open(engine) as office:
        poison = sms()

        def kill_whoever_asks(request):
            if request.number == poison.to:
                office.kill(office.dispatchers[-1])

        office.gateway.on_arrival = kill_whoever_asks
        doomed = office.dispatcher()
        office.queue.put(poison)
        for _ in range(2):
            died = lambda: doomed.process.poll() is not None  # noqa: B023, E731
            wait_until(died, "the poison has killed it", TAKEN_OVER_SECONDS, pause=0.1)
            doomed = office.dispatcher()
            others = [sms(), letter()]
            office.queue.put(*others)
            office.wait_until_ended(*others)
        office.wait_until_ended(seconds=TAKEN_OVER_SECONDS)
        row = office.queue.row(poison)
        assert row["state"] == "failed"
        assert len(office.gateway.asked(poison.to)) == 2
        assert office.queue.states() == {"failed": 1, "sent": 4}
        office.must_have_kept_its_promises()
        assert office.told("message_outcome_unknown")


@meanwhile
def test_a_message_that_never_gets_an_answer_does_not_hold_up_the_others(offices: PostOffices):
    with offices.open() as office:
        few = {"BELEPO_SMS_CONCURRENCY": "2", "BELEPO_MAIL_SMTP_CONCURRENCY": "2"}
        dispatcher = office.dispatcher(**HASTY | few)
        poison, bad_letter = sms(), letter()
        office.gateway.answer(poison.to, *[TAKEN_AND_NEVER_ANSWERED] * 9)
        office.relay.reply(END, bad_letter.to, *[TAKEN_AND_HUNG] * 9)
        good = [sms() for _ in range(40)] + [letter() for _ in range(20)]
        office.queue.put(poison, bad_letter, *good)
        office.wait_until_ended(*good)
        office.wait_until_ended()
        assert office.queue.states() == {"failed": 2, "sent": len(good)}
        office.must_have_kept_its_promises()
        assert len(office.told("message_outcome_unknown")) == 2
        assert dispatcher.stop() == 0


@meanwhile
def test_messages_that_are_refused_for_ever_do_not_hold_up_the_others(offices: PostOffices):
    """Each failure is its own message's, and turns no batch back into the queue."""
    with offices.open() as office:
        dispatcher = office.dispatcher()
        bad, good = [sms() for _ in range(20)], [sms() for _ in range(20)]
        numbers = {message.to for message in bad}
        office.gateway.answer_all(lambda r: says(400) if r.number in numbers else ACCEPTED)
        mixed = [message for pair in zip(bad, good) for message in pair]
        office.queue.put(*mixed)
        office.wait_until_ended()
        assert office.queue.states() == {"failed": 20, "sent": 20}
        assert len(office.gateway.asked()) == 40
        assert office.told("gateway_open") == []
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


# Stopped in peace.


@pytest.mark.parametrize("engine", ENGINES)
@meanwhile
def test_a_dispatcher_that_is_asked_to_stop_leaves_no_message_in_the_air(
    offices: PostOffices, engine: str
):
    with offices.open(engine) as office:
        dispatcher = office.dispatcher(BELEPO_SMS_CONCURRENCY="5")
        blow = Blow(TURN, dispatcher.process.terminate)
        office.gateway.on_arrival = blow
        messages = put(office, "sms") + put(office, "email")
        assert blow.has_fallen.wait(GUARD_SECONDS), office.log()
        assert dispatcher.process.wait(20) == 0, dispatcher.log_tail()
        states = office.queue.states()
        assert "leased" not in states, states
        office.dispatcher()
        office.wait_until_ended()
        assert office.queue.states() == {"sent": len(messages)}
        office.must_have_kept_its_promises(duplicates=0)


# Several at once.


@pytest.mark.parametrize("engine", ENGINES)
@meanwhile
def test_two_dispatchers_and_a_server_share_a_queue(offices: PostOffices, engine: str):
    """Every message once, and both have something to do; the server was told to send nothing."""
    with offices.open(engine) as office:
        server, first, second = office.server(), office.dispatcher(), office.dispatcher()
        shares = lambda: [  # noqa: E731
            len(each.log_lines('"event":"message_sent"')) for each in (first, second)
        ]
        count = 0
        # Who is the quicker one is a matter of chance: they go on until both had something to do.
        for _ in range(ROUNDS):
            office.queue.put(*(sms() for _ in range(40)), *(letter() for _ in range(10)))
            count += 50
            office.wait_until_ended()
            # A message has come to its end a moment before the log tells of it.
            wait_until(lambda: sum(shares()) >= count, f"all are told of: {shares()}")  # noqa: B023
            if count >= 250 and min(shares()) > 0:
                break
        assert office.queue.states() == {"sent": count}
        assert sum(shares()) == count and min(shares()) > 0, shares()
        assert server.log_lines('"event":"message_sent"') == []
        office.must_have_kept_its_promises(duplicates=0)
        assert [each.stop() for each in (first, second, server)] == [0, 0, 0]


# Stopped and continued.


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("channel", ["sms", "email"])
@meanwhile
def test_a_dispatcher_that_stood_still_for_two_minutes_writes_over_nothing(
    offices: PostOffices, engine: str, channel: str
):
    """It stood still while the gateway had taken a message; a second one has sent it once more,
    and goes on with all the others. What the first one knows is of no use any more.

    It has one message at a time: on SQLite, whoever stands still inside a transaction holds up
    everybody.
    """
    with offices.open(engine) as office:
        one = {"BELEPO_SMS_CONCURRENCY": "1", "BELEPO_MAIL_SMTP_CONCURRENCY": "1"}
        frozen = office.dispatcher(**one)
        blow = Blow(TURN, frozen.pause_with_nothing_held)
        office.gateway.on_taken = office.relay.on_taken = blow
        messages = put(office, channel)
        assert blow.has_fallen.wait(GUARD_SECONDS), office.log()
        start = time.monotonic()
        office.dispatcher()
        office.wait_until_ended(seconds=TAKEN_OVER_SECONDS)
        before = results(office, messages)
        later = put(office, channel)
        office.wait_until_ended(*later)
        stand_still_since(start)
        frozen.resume()
        # It is at work again when it sends something.
        office.dispatchers[-1].stop()
        last = put(office, channel)
        office.wait_until_ended(*last)
        assert results(office, messages) == before
        assert office.queue.states() == {"sent": 3 * MESSAGES}
        office.must_have_kept_its_promises()
        assert frozen.stop() == 0


@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("life", [30, 570], ids=["a short use", "a long use"])
@meanwhile
def test_a_dispatcher_that_stood_still_before_it_sent_sends_nothing_late(
    offices: PostOffices, channel: str, life: int
):
    """It stood still as it opened a line, and its lease ran out meanwhile. What was still of use
    has been sent by a second dispatcher by then; what was not is sent by nobody."""
    with offices.open() as office:
        port = office.gateway.port if channel == "sms" else office.relay.port
        frozen = office.dispatcher(
            LD_PRELOAD=str(offices.halter),
            HALT_PORT=str(port),
            HALT_SIGNAL=str(int(signal.SIGSTOP)),
        )
        message = sms(life=life) if channel == "sms" else letter(life=life)
        began = time.time()
        office.queue.put(message)
        wait_until(lambda: frozen.log_lines("halted at connect"), "it stands still", pause=0.1)
        start = time.monotonic()
        office.dispatcher()
        office.wait_until_ended(seconds=TAKEN_OVER_SECONDS)
        stand_still_since(start)
        frozen.resume()
        office.dispatchers[-1].stop()
        last = put(office, channel)
        office.wait_until_ended(*last)
        is_of_use = life > PAUSE_SECONDS
        assert office.queue.row(message)["state"] == ("sent" if is_of_use else "expired")
        arrived = [each.at - began for each in office.record.handed() if each.to == message.to]
        assert is_of_use or arrived == [], f"handed over {arrived[0]:.1f} s after it was queued"
        office.must_have_kept_its_promises()
        assert frozen.stop() == 0


# What the stories do.


def put(office, channel: str) -> list:
    messages = [sms() if channel == "sms" else letter() for _ in range(MESSAGES)]
    office.queue.put(*messages)
    return messages


def stand_still_since(start: float) -> None:
    """Until the two minutes are over: every time-out and lease is to run out meanwhile."""
    time.sleep(max(0, start + PAUSE_SECONDS - time.monotonic()))


def handed(office, channel: str) -> list:
    return office.gateway.asked() if channel == "sms" else office.relay.held_out


def results(office, messages) -> list[dict]:
    """What must not change any more."""
    keys = ", ".join(f"'{message.key}'" for message in messages)
    return office.queue.rows(
        "SELECT id, state, tries, unknowns, sent_at, gateway, problem FROM message"
        f" WHERE key IN ({keys}) ORDER BY id"
    )
