"""Every answer that an SMS gateway can give, or fail to give, and what becomes of the message."""

import contextlib
import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import gsm0338
import pytest
import smsutil

from client import Customer, Mailbox
from dispatching import (
    HASTY,
    MAIL_FROM,
    PATIENT,
    PostOffices,
    Queue,
    Server,
    meanwhile,
    metrics,
    sms,
)
from ledger import Ledger, broken_promises
from mail_relays import RELAY_PASSWORD, RELAY_USER, OddRelay, Postfix
from parts import status_of
from post import Record
from post import broken_promises as broken_by_post
from program import ROOT
from sms_gateways import (
    ACCEPTED,
    ENDLESS_HEADERS,
    GIANT,
    NONSENSE,
    RESET,
    RESET_UNREAD,
    SENDER,
    TAKEN_AND_CLOSED,
    TAKEN_AND_HUNG,
    TAKEN_AND_RESET,
    TRICKLE,
    Answer,
    Kannel,
    OddGateway,
    redirects,
    says,
)
from waiting import GUARD_SECONDS, wait_until

# Between the first try and the second: 2 s, a quarter more or less.
PAUSE_SECONDS = 1.5
CONTRACT = ROOT / "Sources/Wording/Brand/documents/hu/portalszerzodes.pdf"
# What may have been read of an answer without an end: 64 KiB of body, some headers, and what is in
# the buffers between us.
READ_BYTES = 4 << 20


@dataclass(frozen=True)
class Odd:
    """An odd answer, or several in a row; the next one is a good one."""

    answers: tuple[Answer, ...]
    state: str = "sent"
    tries: int = 2
    unknowns: int = 0


def definitely(*answers: Answer) -> Odd:
    """The gateway did not take it: tried again."""
    return Odd(answers, tries=len(answers) + 1)


def for_ever(*answers: Answer) -> Odd:
    """The gateway will never take it."""
    return Odd(answers, state="failed", tries=1)


def nobody_knows(*answers: Answer) -> Odd:
    """Sent once more, and never a third time."""
    is_over = len(answers) > 1
    return Odd(answers, "failed" if is_over else "sent", tries=2, unknowns=len(answers))


SAID_NO = says(200, '{"status": "rejected"}', takes=True, Content_Type="application/json")
EMPTY = says(200, "", takes=True)
NO_JSON = says(200, "<html>Service is fine</html>", takes=True)
OTHER_JSON = says(200, '["accepted"]', takes=True, Content_Type="application/json")
SCRIPT = says(202, "0: <script>alert(1)</script>\r\n\x1b[31m \u2028 " + "x" * 500, takes=True)

KANNELS = {
    "accepted": Odd((), tries=1),
    "accepted for later": Odd((says(202, "3: Queued for later delivery", takes=True),), tries=1),
    "accepted with a script": Odd((SCRIPT,), tries=1),
    "a gigabyte after it was accepted": Odd((GIANT,), tries=1),
    "400": for_ever(says(400, "no")),
    "401": for_ever(says(401, "no")),
    "403": for_ever(says(403, "Authorization failed for sendsms")),
    "404": for_ever(says(404)),
    "413": for_ever(says(413)),
    "408": definitely(says(408)),
    "425": definitely(says(425)),
    "429": definitely(says(429)),
    "500": definitely(says(500)),
    "503 twice": definitely(says(503), says(503)),
    "302": definitely(says(302, Location="http://127.0.0.1:9/")),
    "307": definitely(says(307, Location="file:///etc/passwd")),
    "reset before it was read": nobody_knows(RESET_UNREAD),
    "reset after it was read": nobody_knows(RESET),
    "taken and reset": nobody_knows(TAKEN_AND_RESET),
    "taken and reset twice": nobody_knows(TAKEN_AND_RESET, TAKEN_AND_RESET),
    "taken and closed": nobody_knows(TAKEN_AND_CLOSED),
    "taken and hung": nobody_knows(TAKEN_AND_HUNG),
    "taken and hung twice": nobody_knows(TAKEN_AND_HUNG, TAKEN_AND_HUNG),
    "one byte a second": nobody_knows(TRICKLE),
    "nonsense": nobody_knows(NONSENSE),
    "nonsense twice": nobody_knows(NONSENSE, NONSENSE),
    "headers without an end": nobody_knows(ENDLESS_HEADERS),
}
PROVIDERS = {
    "accepted": Odd((), tries=1),
    "200, and the body says no": nobody_knows(SAID_NO),
    "200, and the body says no twice": nobody_knows(SAID_NO, SAID_NO),
    "200 and an empty body": nobody_knows(EMPTY),
    "200 and no JSON": nobody_knows(NO_JSON),
    "200 and other JSON": nobody_knows(OTHER_JSON),
    "200 and a gigabyte": nobody_knows(GIANT),
    "422": for_ever(says(422, '{"status": "accepted"}')),
    "401": definitely(says(401, '{"status": "accepted"}')),
    "402": definitely(says(402)),
    "403": for_ever(says(403)),
    "407": definitely(says(407)),
    "500": definitely(says(500, '{"status": "accepted"}')),
    "taken and reset": nobody_knows(TAKEN_AND_RESET),
    "taken and hung": nobody_knows(TAKEN_AND_HUNG),
}


@pytest.mark.parametrize("what", KANNELS)
@meanwhile
def test_what_kannel_may_answer(offices: PostOffices, what: str):
    with offices.open() as office:
        odd = KANNELS[what]
        judge(office, odd, office.dispatcher(**patience(odd)))


@pytest.mark.parametrize("what", PROVIDERS)
@meanwhile
def test_what_a_provider_may_answer(offices: PostOffices, what: str):
    with offices.open() as office:
        provider = office.gateway.as_provider
        odd = PROVIDERS[what]
        dispatcher = office.dispatcher(BELEPO_SMS_GATEWAY="http", **provider | patience(odd))
        message = judge(office, odd, dispatcher)
        for request in office.gateway.asked():
            assert request.method == "POST"
            assert request.headers["authorization"] == "Bearer titok"
            assert (request.key, request.text) == (message.key, message.row["body"])


def patience(odd: Odd) -> dict[str, str]:
    """Haste only where an answer never comes to its end."""
    is_endless = {TAKEN_AND_HUNG, TRICKLE, ENDLESS_HEADERS} & set(odd.answers)
    return HASTY if is_endless else PATIENT


def judge(office, odd: Odd, dispatcher):
    message = sms()
    office.gateway.answer(message.to, *odd.answers)
    office.queue.put(message)
    office.wait_until_ended()
    row, asked = office.queue.row(message), office.gateway.asked(message.to)
    told = {
        "state": row["state"], "tries": row["tries"], "unknowns": row["unknowns"],
        "requests": len(asked), "body": row["body"],
    }  # fmt: skip
    assert told == {
        "state": odd.state, "tries": odd.tries, "unknowns": odd.unknowns, "requests": odd.tries,
        "body": None,
    }, f"{row['problem']}\n{office.log()}"  # fmt: skip
    assert len(office.gateway.asked()) == odd.tries, "somebody else was sent something"
    if odd.tries > 1:
        assert asked[1].at - asked[0].at >= PAUSE_SECONDS
    for request in asked[: len(odd.answers)]:
        assert request.sent < READ_BYTES, f"{request.sent} bytes of an answer were read"
    office.must_have_kept_its_promises(duplicates=1 if odd.unknowns else 0)
    # Its last words are in the log then.
    assert dispatcher.stop() == 0
    must_be_told(office, odd)
    return message


def must_be_told(office, odd: Odd) -> None:
    """An operator reads of it, and of nothing that was not."""
    is_unknown_in_the_end = odd.state == "failed" and odd.unknowns > 0
    events = {
        "message_sent": odd.state == "sent",
        "message_failed": odd.state == "failed" and not is_unknown_in_the_end,
        "message_outcome_unknown": is_unknown_in_the_end,
        "message_postponed": odd.tries > 1,
    }
    for event, is_due in events.items():
        assert bool(office.told(event)) == is_due, f"{event}: {office.told(event)}"
    for event in ("message_failed", "message_outcome_unknown"):
        assert all('"level":"error"' in line for line in office.told(event))
    for line in office.log_lines():
        assert "\x1b" not in line and "\u2028" not in line


@meanwhile
def test_kannel_is_asked_as_its_manual_says(offices: PostOffices):
    with offices.open() as office:
        dispatcher = office.dispatcher(BELEPO_SMS_RECEIPT_URL="http://127.0.0.1:9090/")
        message = sms(body="Példa é[1] & 100% + #1\n\n@localhost #12345", life=300)
        foreign = sms(body="árvíztűrő")
        office.queue.put(message, foreign)
        office.wait_until_ended()
        (asked,) = office.gateway.asked(message.to)
        fields = dict(asked.fields)
        assert asked.method == "GET"
        assert urlsplit(asked.target).path == "/cgi-bin/sendsms"
        # Each once, whatever is in it.
        query = parse_qs(urlsplit(asked.target).query, keep_blank_values=True)
        assert all(len(values) == 1 for values in query.values()), query
        assert re.search(r"[?&]to=%2B36\d+(&|$)", asked.target)
        assert fields["text"] == message.row["body"]
        assert (fields["from"], fields["charset"], fields["coding"]) == (SENDER, "UTF-8", "0")
        assert 3 <= int(fields["validity"]) <= 5
        assert fields["dlr-mask"] == "31"
        report = urlsplit(fields["dlr-url"])
        row = office.queue.row(message)
        assert (report.scheme, report.netloc) == ("http", "127.0.0.1:9090")
        assert re.fullmatch(rf"/receipts/sms/{row['id']}/[\w=-]+", report.path), report.path
        assert report.query == "state=%d"
        assert office.gateway.asked(foreign.to)[0].fields["coding"] == "2"
        assert row["gateway"] == "kannel"
        assert dispatcher.stop() == 0


# Lines to a gateway.


@meanwhile
def test_a_line_that_is_kept_open_does_not_send_twice_behind_our_back(offices: PostOffices):
    """A client library repeats a request by itself when a kept line dies under it: that would be
    a third text."""
    with offices.open() as office:
        dispatcher = office.dispatcher(BELEPO_SMS_CONCURRENCY="1")
        first, second, third = sms(), sms(), sms()
        for message in (second, third):
            office.gateway.answer(message.to, TAKEN_AND_RESET, TAKEN_AND_CLOSED)
        for message in (first, second):
            office.queue.put(message)
            wait_until(
                lambda each=message: office.gateway.asked(each.to), "it has arrived", pause=0.01
            )
        lines = {each.line for each in office.gateway.asked(first.to)}
        lines |= {each.line for each in office.gateway.asked(second.to)[:1]}
        assert len(lines) == 1, "this story is about a line that is kept"
        office.queue.put(third)
        office.wait_until_ended()
        for message in (second, third):
            assert len(office.gateway.asked(message.to)) == 2
            assert office.queue.row(message)["state"] == "failed"
        office.must_have_kept_its_promises()
        assert dispatcher.stop() == 0


@meanwhile
def test_many_texts_share_a_few_lines(offices: PostOffices):
    with offices.open() as office:
        dispatcher = office.dispatcher(BELEPO_SMS_CONCURRENCY="4")
        office.queue.put(*(sms() for _ in range(100)))
        office.wait_until_ended()
        assert office.gateway.lines <= 8
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_gateway_may_ask_for_patience(offices: PostOffices):
    """Retry-After is obeyed, for that message and for all others."""
    with offices.open() as office:
        first, second = sms(), sms()
        office.gateway.answer(first.to, says(429, Retry_After="6"))
        dispatcher = office.dispatcher()
        office.queue.put(first)
        wait_until(lambda: office.gateway.asked(first.to), "the gateway is asked")
        office.wait_until_postponed(first)
        office.queue.put(second)
        office.wait_until_ended()
        start = office.gateway.asked(first.to)[0].at
        assert len(office.gateway.asked(first.to)) == 2
        for each in (office.gateway.asked(first.to)[1], office.gateway.asked(second.to)[0]):
            assert each.at - start >= 6, office.log()
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_no_redirect_is_followed(offices: PostOffices):
    with offices.open() as office, OddGateway() as trap:
        message = sms()
        office.gateway.answer(message.to, redirects(trap.url), redirects(trap.url))
        dispatcher = office.dispatcher()
        office.queue.put(message)
        office.wait_until_ended()
        assert (trap.lines, trap.asked()) == (0, [])
        assert office.queue.row(message)["state"] == "sent"
        assert dispatcher.stop() == 0


# TLS.


@pytest.mark.parametrize("kind", ["expired", "of_another_host", "self_signed"])
@meanwhile
def test_a_gateway_with_a_bad_certificate_is_told_nothing(offices: PostOffices, kind: str):
    must_stay(offices, getattr(offices.authority, kind)(), believed=offices.authority)


@meanwhile
def test_a_gateway_of_an_unknown_authority_is_told_nothing(offices: PostOffices):
    must_stay(offices, offices.authority.good(), believed=None)


def must_stay(offices: PostOffices, certificate, believed) -> None:
    gateway = OddGateway(certificate=certificate)
    with offices.open(gateway=gateway) as office:
        settings = {"BELEPO_TLS_CA_FILE": str(believed.path)} if believed else {}
        dispatcher = office.dispatcher(**settings)
        message = sms()
        office.queue.put(message)
        office.wait_until_postponed(message)
        assert (gateway.asked(), gateway.in_clear) == ([], 0)
        assert gateway.lines > 0, "nobody has even tried"
        row = office.queue.row(message)
        assert (row["unknowns"], row["body"]) == (0, message.row["body"])
        office.must_have_kept_its_promises(is_quiet=False, duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_gateway_with_a_good_certificate_is_believed(offices: PostOffices):
    gateway = OddGateway(certificate=offices.authority.good())
    with offices.open(gateway=gateway) as office:
        dispatcher = office.dispatcher(BELEPO_TLS_CA_FILE=str(offices.authority.path))
        office.queue.put(*(sms() for _ in range(10)))
        office.wait_until_ended()
        assert (len(gateway.taken()), gateway.in_clear) == (10, 0)
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_gateway_without_an_address_gets_its_texts_later(offices: PostOffices):
    """Nobody knows the name of the host, which may be for a while only."""
    with offices.open() as office:
        dispatcher = office.dispatcher(BELEPO_SMS_KANNEL_URL="http://gateway.invalid/sendsms")
        message = sms()
        office.queue.put(message)
        office.wait_until_postponed(message)
        assert office.queue.row(message)["unknowns"] == 0
        assert dispatcher.stop() == 0
        office.dispatcher()
        office.wait_until_ended()
        assert office.queue.row(message)["state"] == "sent"
        office.must_have_kept_its_promises(duplicates=0)


# Down and up again.


@pytest.mark.parametrize("how", ["refuses connections", "says 503"])
@meanwhile
def test_a_gateway_that_is_down_rests_and_comes_back(offices: PostOffices, how: str):
    with offices.open() as office:
        dispatcher = office.dispatcher()
        if how == "says 503":
            office.gateway.answer_all(says(503))
        else:
            office.gateway.stop()
        office.queue.put(*(sms() for _ in range(40)))
        wait_until(lambda: office.told("gateway_open"), "the gateway rests")
        # Not every message has to find out for itself, again and again.
        wait_until(lambda: len(office.told("gateway_open")) >= 2, "somebody tried in vain")
        if how == "says 503":
            assert len(office.gateway.asked()) <= 40
            office.gateway.answer_all(ACCEPTED)
        else:
            office.gateway.start()
        office.wait_until_ended()
        wait_until(lambda: office.told("gateway_closed"), "it is told")
        assert office.queue.states() == {"sent": 40}
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_code_is_not_sent_when_it_is_of_no_use_any_more(offices: PostOffices):
    with offices.open() as office:
        dispatcher = office.dispatcher()
        late, good = sms(life=7), sms()
        office.gateway.answer_all(lambda r: says(503) if r.number == late.to else ACCEPTED)
        office.queue.put(late, good)
        office.wait_until_ended()
        assert office.queue.row(late)["state"] == "expired"
        assert office.queue.row(late)["body"] is None
        wait_until(lambda: office.told("message_expired"), "it is told")
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_an_operator_sees_in_the_metrics_what_became_of_messages(offices: PostOffices):
    with offices.open() as office:
        dispatcher = office.dispatcher()
        wrong, hidden, late = sms(), sms(life=600), sms()
        office.gateway.answer(wrong.to, says(400))
        office.gateway.answer(hidden.to, says(503))
        office.gateway.answer(late.to, TAKEN_AND_RESET)
        office.queue.put(wrong, hidden, late)
        office.wait_until_ended()
        expected = {
            f'belepo_gateway_answers_total{{answer="{answer}",gateway="kannel"}}': count
            for answer, count in {"taken": 2, "permanent": 1, "temporary": 1, "unknown": 1}.items()
        } | {
            'belepo_message_results_total{channel="sms",result="sent"}': 2,
            'belepo_message_results_total{channel="sms",result="failed"}': 1,
            'belepo_gateway_seconds_count{gateway="kannel"}': 5,
            'belepo_gateway_open{gateway="kannel"}': 0,
        }
        # A message has come to its end a moment before it is counted.
        is_counted = lambda: metrics(dispatcher).items() >= expected.items()  # noqa: E731
        with contextlib.suppress(AssertionError):
            wait_until(is_counted, "all is counted", pause=0.2)
        counted = metrics(dispatcher)
        assert {name: counted.get(name) for name in expected} == expected
        office.gateway.answer_all(says(503))
        office.queue.put(*(sms() for _ in range(10)))
        is_open = 'belepo_gateway_open{gateway="kannel"}'
        wait_until(lambda: metrics(dispatcher).get(is_open) == 1, "it is seen to rest")
        waiting = 'belepo_messages{channel="sms",state="queued"}'
        wait_until(lambda: metrics(dispatcher).get(waiting) == 10, "the queue is seen", pause=0.2)
        oldest = 'belepo_message_oldest_seconds{channel="sms"}'
        wait_until(lambda: metrics(dispatcher).get(oldest, 0) > 0, "its age is seen", pause=0.2)
        assert not [name for name in metrics(dispatcher) if wrong.to.lstrip("+") in name]
        assert dispatcher.stop() == 0


# The second gateway.


@meanwhile
def test_a_second_gateway_takes_what_the_first_one_refuses(offices: PostOffices):
    """At once when the first certainly has not taken it; never at once when nobody knows."""
    with offices.open() as office, OddGateway() as other:
        other.record = office.record
        refused, unknown, wrong = sms(), sms(), sms()
        office.gateway.answer(refused.to, says(503))
        office.gateway.answer(unknown.to, TAKEN_AND_RESET)
        office.gateway.answer(wrong.to, says(400))
        dispatcher = office.dispatcher(BELEPO_SMS_FALLBACK="http", **other.as_provider)
        office.queue.put(refused, unknown, wrong)
        office.wait_until_ended()
        assert len(office.gateway.asked(refused.to)) == 1
        assert len(other.asked(refused.to)) == 1
        row = office.queue.row(refused)
        # In the same try, so that no pause was in between.
        assert (row["state"], row["tries"], row["gateway"]) == ("sent", 1, "http")
        # A pause, then the first gateway again.
        assert len(office.gateway.asked(unknown.to)) == 2
        assert other.asked(unknown.to) == []
        # What the first calls wrong is wrong.
        assert other.asked(wrong.to) == []
        assert office.queue.row(wrong)["state"] == "failed"
        office.must_have_kept_its_promises()
        assert dispatcher.stop() == 0


@meanwhile
def test_a_second_gateway_does_the_work_while_the_first_one_rests(offices: PostOffices):
    with offices.open() as office, OddGateway() as other:
        other.record = office.record
        dispatcher = office.dispatcher(BELEPO_SMS_FALLBACK="http", **other.as_provider)
        office.gateway.answer_all(says(503))
        office.queue.put(*(sms() for _ in range(60)))
        office.wait_until_ended()
        assert len(other.taken()) == 60
        assert office.told("gateway_open")
        assert len(office.gateway.asked()) < 60, "the first one was not left alone"
        office.gateway.answer_all(ACCEPTED)
        wait_until(lambda: _sent_by_first(office), "the first one is used again", pause=0.2)
        office.wait_until_ended()
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


def _sent_by_first(office) -> bool:
    office.queue.put(sms())
    return bool(office.gateway.taken())


# Hostile numbers and texts. Nothing of the kind gets through the pages; here it is in the database.

NUMBERS = {
    "two with a comma": "+36301234567,+36307654321",
    "two with a blank": "+36301234567 +36307654321",
    "another parameter": "+36301234567&to=+36307654321",
    "another line": "+36301234567\r\nX-To: +36307654321",
    "a line feed": "+36301234567\n",
    "another gateway": "+36301234567@else.example",
    "a sentence": "nobody",
    "digits of other alphabets": "+3630123456٧",
    "far too long": "+" + "3" * 40,
    "a placeholder": "{text}",
}


@pytest.mark.parametrize("gateway", ["kannel", "http"])
@meanwhile
def test_a_hostile_number_is_refused(offices: PostOffices, gateway: str):
    with offices.open() as office:
        hostile = [sms(recipient=number) for number in NUMBERS.values()]
        good = sms()
        office.queue.put(*hostile, good)
        dispatcher = office.dispatcher(
            **office.gateway.as_provider | {"BELEPO_SMS_GATEWAY": gateway}
        )
        office.wait_until_ended()
        rows = {name: office.queue.row(each) for name, each in zip(NUMBERS, hostile)}
        assert {name: row["state"] for name, row in rows.items()} == dict.fromkeys(
            NUMBERS, "failed"
        )
        assert [each.number for each in office.gateway.asked()] == [good.to]
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


TEXTS = {
    "another parameter": "K1&to=%2B36307654321&text=x",
    "quotes and slashes": 'K2 "}, {"number": "+36307654321" \\ / \\u0041',
    "placeholders": "K3 {number} {key} {text} {receipt} %d %s $1",
    "lines": "K4\r\nX-To: 1\r\n\r\nHTTP/1.1",
    "from right to left": "K5 \u202e54321\u202c \u200b",
    "a thousand characters": "K6 " + "x" * 1000,
    "a link": "K7 https://else.example/<script>",
}


@pytest.mark.parametrize("gateway", ["kannel", "http"])
@meanwhile
def test_a_hostile_text_is_nothing_but_a_text(offices: PostOffices, gateway: str):
    """It arrives as it is, or not at all when it cannot be ours; it never becomes more."""
    with offices.open() as office:
        hostile = [sms(body=text) for text in TEXTS.values()]
        office.queue.put(*hostile)
        dispatcher = office.dispatcher(
            **office.gateway.as_provider | {"BELEPO_SMS_GATEWAY": gateway}
        )
        office.wait_until_ended()
        for name, message in zip(TEXTS, hostile):
            row, asked = office.queue.row(message), office.gateway.asked(message.to)
            if row["state"] == "failed":
                assert asked == [], name
                continue
            assert row["state"] == "sent", name
            assert [each.text for each in asked] == [message.row["body"]], name
            if gateway == "http":
                assert set(asked[0].fields) == {"number", "text", "key"}, name
                assert asked[0].key == message.key, name
        assert {each.number for each in office.gateway.asked()} <= {each.to for each in hostile}
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


# Delivery reports.


def report(request, state: str | int, replaced: tuple[str, str] = ("", "")) -> int | None:
    """What the gateway tells at the address that it was given."""
    url = urlsplit(request.fields["dlr-url"].replace("%d", str(state)).replace(*replaced))
    return status_of(url.port, f"{url.path}?{url.query}")


@meanwhile
def test_a_delivery_report_is_believed_from_whom_knows_the_secret(offices: PostOffices):
    with offices.open() as office:
        server = office.server(BELEPO_MESSAGES_DISPATCHER="serve")
        messages = [sms() for _ in range(6)]
        delivered, lost, undecided, early, regretted, twice = messages
        early_said = []

        def report_early(request):
            if request.number == early.to:
                early_said.append(report(request, 1))

        office.gateway.on_taken = report_early
        office.queue.put(*messages)
        office.wait_until_ended()
        request = {each.to: office.gateway.asked(each.to)[0] for each in messages}
        row = lambda message: office.queue.row(message)  # noqa: E731

        assert [report(request[delivered.to], state) for state in (8, 1)] == [200, 200]
        assert (row(delivered)["state"], bool(row(delivered)["receipt_at"])) == ("delivered", True)
        assert report(request[lost.to], 2) == 200
        assert row(lost)["state"] == "undeliverable"
        for state in (4, 8):
            assert report(request[undecided.to], state) == 200
        assert row(undecided)["state"] == "sent"
        # It came before our own record.
        assert early_said == [200]
        assert row(early)["state"] == "delivered"
        # What has arrived cannot be taken back.
        assert [report(request[regretted.to], state) for state in (1, 2, 16)] == [200] * 3
        assert row(regretted)["state"] == "delivered"
        # A phone that was off: reported as lost, and then it arrives after all.
        assert [report(request[twice.to], state) for state in (16, 16, 1, 1)] == [200] * 4
        assert row(twice)["state"] == "delivered"

        secret = request[undecided.to].fields["dlr-url"].split("/")[-1].split("?")[0]
        assert report(request[undecided.to], 1, (secret, secret[::-1])) == 403
        other = request[lost.to].fields["dlr-url"].split("/")[-1].split("?")[0]
        assert report(request[undecided.to], 1, (secret, other)) == 403
        mine = f"/{row(undecided)['id']}/"
        assert report(request[undecided.to], 1, (mine, "/999999/")) in (403, 404)
        assert row(undecided)["state"] == "sent"
        office.must_have_kept_its_promises(duplicates=0)
        assert server.stop() == 0


@meanwhile
def test_a_new_code_takes_back_the_one_that_waits(offices: PostOffices):
    """A customer asks again while the gateway is down: only the newest code arrives."""
    with offices.open() as office:
        server = office.server(BELEPO_MESSAGES_DISPATCHER="serve", BELEPO_LIMITS_SAME_CODE_FOR="0s")
        # Long enough to ask for a new code on a busy machine: what is in the gateway's hands at that
        # moment could not be taken back.
        office.gateway.answer_all(says(429, Retry_After="20"))
        anna = customer(office, server, office.gateway)
        anna.go_to_code()
        postponed = "SELECT id FROM message WHERE state = 'queued' AND tries > 0"
        wait_until(lambda: office.queue.rows(postponed), "the first code waits for its next try")

        def asks_again() -> bool:
            answer = anna.post("/regisztracio/telefonszam/uj-kod", anna.page.hidden())
            anna.open("/regisztracio/telefonszam")
            return answer.status == 303

        wait_until(asks_again, "a new code may be asked for", pause=0.3)
        office.gateway.answer_all(ACCEPTED)
        office.wait_until_ended()
        states = [
            row["state"] for row in office.queue.rows("SELECT state FROM message ORDER BY id")
        ]
        assert states == ["cancelled", "sent"]
        assert len(office.gateway.taken()) == 1
        anna.enter_sms_code()
        office.must_have_kept_its_promises(duplicates=0)
        assert server.stop() == 0


def customer(office, server, *sources) -> Customer:
    ledger = Ledger(office.folder.path / "ledger.jsonl")
    return Customer(
        0, lambda: server.address, Mailbox(*sources), ledger, is_tolerant=False,
        code_seconds=GUARD_SECONDS,
    )  # fmt: skip


# The whole way, with Kannel and Postfix.


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@meanwhile
def test_somebody_registers_with_a_phone_and_a_mailbox(offices: PostOffices, engine: str):
    """From the first page to the last by what Kannel brings to a phone and a mail relay to a
    mailbox. Nothing but the environment says how."""
    certificate = offices.authority.good()
    record = Record(offices.folder.path / f"whole-way-{engine}.jsonl")
    url = offices.databases.new(engine)
    # Only root can start Postfix.
    is_root = os.geteuid() == 0
    relay = (
        Postfix(certificate, record)
        if is_root
        else OddRelay(record, certificate, "starttls", asks_for_password=True)
    )
    settings = relay.settings("starttls")
    settings |= {
        "BELEPO_MAIL_SMTP_USERNAME": RELAY_USER,
        "BELEPO_MAIL_SMTP_PASSWORD": RELAY_PASSWORD,
        "BELEPO_MAIL_FROM": MAIL_FROM,
        "BELEPO_MAIL_REPLY_TO": "segitseg@pelda.example",
        "BELEPO_TLS_CA_FILE": str(offices.authority.path),
    }
    with relay, Kannel(record) as kannel, Server(url, **settings | kannel.settings) as server:
        rows = Queue(url).rows
        ledger = Ledger(offices.folder.path / f"whole-way-ledger-{engine}.jsonl")
        mailbox = Mailbox(kannel, relay)
        anna = Customer(
            0, lambda: server.address, mailbox, ledger, is_tolerant=False,
            code_seconds=GUARD_SECONDS,
        )  # fmt: skip
        anna.become_a_user()

        select = "SELECT kind, state, gateway FROM message ORDER BY kind"
        arrived = {"registered": "delivered", "sms_code": "delivered"}
        arrived |= {"contract": "sent", "email_code": "sent"}
        wait_until(
            lambda: {row["kind"]: row["state"] for row in rows(select)} == arrived,
            f"all have arrived: {rows(select)}",
            pause=0.2,
        )
        wait_until(lambda: len(relay.letters()) == 2, "the letters are in the mailbox")
        texts = lambda: kannel.texts(f"+3630{anna.line}")  # noqa: E731
        wait_until(lambda: len(texts()) == 2, "both texts have been read")
        text, notice = texts()
        for each in (text, notice):
            must_be_one_segment(each)
        must_hold_a_code(text)
        for letter in relay.letters():
            must_be_a_proper_letter(letter, anna.email)
        files = [file for letter in relay.letters() for file in letter.files]
        assert files == [CONTRACT.read_bytes()]
        broken = broken_by_post(record, rows, server.log_lines(""), duplicates=0)
        broken += broken_promises(ledger, rows)
        assert not broken, "\n".join(broken) + server.log_tail()
        for secret in (anna.email, anna.line, text.text.split("#")[-1]):
            assert not server.log_lines(secret), f"the log knows {secret}"
        assert server.stop() == 0


def must_be_one_segment(text) -> None:
    septets, _ = gsm0338.Codec().encode(text.text)
    assert len(septets) <= 160
    assert len(smsutil.split(text.text).parts) == 1
    # Kannel brought it in the same alphabet, and lost no letter on the way.
    assert text.coding == "text" and "?" not in text.text
    assert text.sender == SENDER


def must_hold_a_code(text) -> None:
    lines = text.text.split("\n")
    last = re.fullmatch(r"@localhost #(\w{5})", lines[-1])
    assert last, text.text
    whole = re.findall(rf"(?<!\w)\w{last[1]}(?!\w)", text.text)
    assert len(whole) == 1, text.text


def must_be_a_proper_letter(letter, to: str) -> None:
    assert (letter.sender, letter.to) == (MAIL_FROM, (to,))
    mail = letter.parsed
    forms = next(mail.iter_parts()) if letter.files else mail
    assert mail.get_content_type() == f"multipart/{'mixed' if letter.files else 'alternative'}"
    assert forms.get_content_type() == "multipart/alternative"
    plain, rich = forms.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    for part in (plain, rich):
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
    assert mail["MIME-Version"] == "1.0"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "hu"
    assert mail["List-Unsubscribe"] is None
    assert mail["Bcc"] is None and mail["Cc"] is None
    assert re.fullmatch(r"<[0-9a-f]{16,64}@pelda\.example>", letter.key), letter.key
    assert [each.addr_spec for each in mail["To"].addresses] == [to]
    assert [each.addr_spec for each in mail["From"].addresses] == [MAIL_FROM]
    assert [each.addr_spec for each in mail["Reply-To"].addresses] == ["segitseg@pelda.example"]
    assert mail["Date"].datetime is not None
    assert mail["Subject"].strip() and not mail.defects
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"):
        assert len(mail.get_all(name)) == 1, name
    head = letter.raw.partition(b"\n\n")[0] if b"\r\n" not in letter.raw else letter.raw
    assert head.isascii()
    assert max(map(len, letter.raw.splitlines())) <= 998
    assert '<html lang="hu"' in letter.html
    # The same is said in both, and links lead only to the portal.
    for link in re.findall(r"https?://[^\s\"'<>)]+", letter.text + letter.html):
        assert urlsplit(link).hostname == "localhost" or "w3.org" in link, link
    assert not re.search(r"<img|<script|url\(", letter.html)
