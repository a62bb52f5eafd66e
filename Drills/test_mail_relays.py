"""Every answer that a mail relay can give, or fail to give, and what becomes of the letter."""

import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dispatching import (
    HASTY,
    MAIL_FROM,
    PATIENT,
    TIMEOUT_SECONDS,
    PostOffices,
    letter,
    meanwhile,
)
from mail_relays import (
    DATA,
    DROPPED,
    END,
    GREETING,
    GREYLISTED,
    HELLO,
    HUNG,
    MAIL,
    RCPT,
    RELAY_PASSWORD,
    RELAY_USER,
    STARTTLS,
    TAKEN_AND_DROPPED,
    TAKEN_AND_HUNG,
    OddRelay,
    Postfix,
    Reply,
    refuses,
    takes_late,
)
from program import ROOT
from waiting import wait_until

# Between the first try and the second: 2 s, a quarter more or less.
PAUSE_SECONDS = 1.5
LOGIN = {"BELEPO_MAIL_SMTP_USERNAME": RELAY_USER, "BELEPO_MAIL_SMTP_PASSWORD": RELAY_PASSWORD}
# How a line begins that is encrypted from the first byte on.
TLS = b"\x16"
# What may be said before the line is encrypted.
CLEAR_COMMANDS = {"EHLO", "STARTTLS", "QUIT", "RSET"}


@dataclass(frozen=True)
class Odd:
    """An odd reply at a step, or several in a row; the next letter is taken."""

    replies: tuple[tuple[str, Reply], ...] = field(default_factory=tuple)
    state: str = "sent"
    tries: int = 2
    unknowns: int = 0
    # Letters that came to their end, taken or not.
    letters: int = 1


def at(step: str, *replies: Reply) -> tuple[tuple[str, Reply], ...]:
    return tuple((step, reply) for reply in replies)


def definitely(step: str, *replies: Reply) -> Odd:
    """The relay did not take it: tried again."""
    letters = 1 + len(replies) * (step == END)
    return Odd(at(step, *replies), tries=len(replies) + 1, letters=letters)


def for_ever(step: str, words: str) -> Odd:
    """The relay will never take it."""
    return Odd(at(step, refuses(words)), state="failed", tries=1, letters=int(step == END))


def nobody_knows(*replies: Reply) -> Odd:
    """The letter was there as a whole, and nobody said a word: once more, never a third time."""
    state = "failed" if len(replies) > 1 else "sent"
    return Odd(at(END, *replies), state, unknowns=len(replies), letters=2)


REPLIES = {
    "taken": Odd(tries=1),
    "450 to the address": definitely(RCPT, refuses("450 4.2.1 Mailbox busy")),
    "greylisted twice": definitely(RCPT, GREYLISTED, GREYLISTED),
    "452 to the address": definitely(RCPT, refuses("452 4.5.3 Too many recipients")),
    "421 to the address": definitely(RCPT, refuses("421 4.3.2 Shutting down")),
    "451 to the letter": definitely(DATA, refuses("451 4.3.0 Not now")),
    "451 at the end": definitely(END, refuses("451 4.3.0 Not now")),
    "452 at the end": definitely(END, refuses("452 4.3.1 No room")),
    "550 to the address": for_ever(RCPT, "550 5.1.1 No such user"),
    "553 to the address": for_ever(RCPT, "553 5.1.3 Bad address"),
    "554 to the letter": for_ever(DATA, "554 5.5.1 No valid recipients"),
    "550 at the end": for_ever(END, "550 5.7.1 Looks like spam"),
    "552 at the end": for_ever(END, "552 5.3.4 Too big"),
    "dropped at the address": definitely(RCPT, DROPPED),
    "hung at the address": definitely(RCPT, HUNG),
    "dropped before the letter": definitely(DATA, DROPPED),
    "taken and dropped": nobody_knows(TAKEN_AND_DROPPED),
    "taken and dropped twice": nobody_knows(TAKEN_AND_DROPPED, TAKEN_AND_DROPPED),
    "dropped at the end": nobody_knows(DROPPED),
    "taken and hung": nobody_knows(TAKEN_AND_HUNG),
    "taken and hung twice": nobody_knows(TAKEN_AND_HUNG, TAKEN_AND_HUNG),
}


@pytest.mark.parametrize("what", REPLIES)
@meanwhile
def test_what_a_relay_may_say_to_a_letter(offices: PostOffices, what: str):
    odd = REPLIES[what]
    with offices.open() as office:
        is_hung = any(not reply.words and not reply.act for _, reply in odd.replies)
        dispatcher = office.dispatcher(**HASTY if is_hung else PATIENT)
        message = letter()
        for step, reply in odd.replies:
            office.relay.reply(step, message.to, reply)
        office.queue.put(message)
        office.wait_until_ended()
        row, tried = office.queue.row(message), office.relay.tried(message.to)
        told = {
            "state": row["state"], "tries": row["tries"], "unknowns": row["unknowns"],
            "letters": len(tried), "body": row["body"],
        }  # fmt: skip
        assert told == {
            "state": odd.state, "tries": odd.tries, "unknowns": odd.unknowns,
            "letters": odd.letters, "body": None,
        }, f"{row['problem']}\n{office.log()}"  # fmt: skip
        # Whoever gets it twice can see that it is one.
        assert len({each.key for each in tried}) <= 1
        if len(tried) > 1:
            assert tried[1].at - tried[0].at >= PAUSE_SECONDS
        office.must_have_kept_its_promises(duplicates=1 if odd.unknowns else 0)
        # Its last words are in the log then.
        assert dispatcher.stop() == 0
        is_unknown_in_the_end = odd.state == "failed" and odd.unknowns > 0
        assert bool(office.told("message_outcome_unknown")) == is_unknown_in_the_end
        assert bool(office.told("message_failed")) == (odd.state == "failed" and not odd.unknowns)
        assert bool(office.told("message_sent")) == (odd.state == "sent")


@meanwhile
def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_ones(offices: PostOffices):
    """A line on which an answer is still due is of no use for another letter: every answer would be
    that to the command before."""
    with offices.open() as office:
        dispatcher = office.dispatcher(BELEPO_MAIL_SMTP_CONCURRENCY="1", **HASTY)
        late, next_one, unknown_user = letter(), letter(), letter()
        office.relay.reply(END, late.to, takes_late(TIMEOUT_SECONDS + 5))
        office.relay.reply(RCPT, unknown_user.to, refuses("550 5.1.1 No such user"))
        office.queue.put(late)
        wait_until(lambda: office.relay.tried(late.to), "the letter is there", pause=0.01)
        office.queue.put(next_one, unknown_user)
        office.wait_until_ended()
        states = [office.queue.row(each)["state"] for each in (late, next_one, unknown_user)]
        assert states == ["sent", "sent", "failed"]
        first = next(heard for heard in office.relay.heard if late.to.encode() in heard)
        after_the_letter = bytes(first).split(b"\r\n.\r\n")[1]
        assert b"MAIL" not in after_the_letter, after_the_letter[:80]
        assert len(office.relay.letters(next_one.to)) == 1
        office.must_have_kept_its_promises()
        assert dispatcher.stop() == 0


# What concerns the relay as a whole concerns every letter: they wait.
WHOLE = {
    "421 at the door": (GREETING, refuses("421 4.3.2 Too many connections")),
    "554 at the door": (GREETING, refuses("554 5.3.2 No service here")),
    "451 to the sender": (MAIL, refuses("451 4.3.0 Not now")),
    "nothing at the door": (GREETING, HUNG),
    "dropped at the door": (GREETING, DROPPED),
    "dropped at the greeting": (HELLO, DROPPED),
}


@pytest.mark.parametrize("what", WHOLE)
@meanwhile
def test_a_relay_in_trouble_gets_its_letters_later(offices: PostOffices, what: str):
    step, reply = WHOLE[what]
    with offices.open() as office:
        dispatcher = office.dispatcher(**HASTY if reply is HUNG else PATIENT)
        office.relay.reply_all(step, reply)
        messages = [letter() for _ in range(3)]
        office.queue.put(*messages)
        office.wait_until_postponed(*messages)
        assert office.relay.held_out == []
        office.relay.reply_all(step, None)
        office.wait_until_ended()
        assert office.queue.states() == {"sent": 3}
        assert all(office.queue.row(each)["unknowns"] == 0 for each in messages)
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_relay_that_refuses_connections_rests_and_gets_its_letters_later(offices: PostOffices):
    with offices.open() as office:
        dispatcher = office.dispatcher()
        office.relay.stop()
        office.queue.put(*(letter() for _ in range(12)))
        wait_until(lambda: office.told("gateway_open"), "the relay rests")
        office.relay.start()
        office.wait_until_ended()
        wait_until(lambda: office.told("gateway_closed"), "it is told")
        assert office.queue.states() == {"sent": 12}
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_relay_that_is_too_slow_is_given_up_before_it_has_anything(offices: PostOffices):
    with offices.open(relay=OddRelay(pause=0.3)) as office:
        dispatcher = office.dispatcher(**HASTY)
        message = letter()
        office.queue.put(message)
        office.wait_until_postponed(message)
        office.relay.pause = 0
        office.wait_until_ended()
        row = office.queue.row(message)
        assert (row["state"], row["unknowns"]) == ("sent", 0)
        assert len(office.relay.tried(message.to)) == 1
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


# TLS and passwords.


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("kind", ["expired", "of_another_host", "self_signed"])
@meanwhile
def test_a_relay_with_a_bad_certificate_is_told_nothing(
    offices: PostOffices, kind: str, security: str
):
    relay = OddRelay(None, getattr(offices.authority, kind)(), security, asks_for_password=True)
    must_stay(offices, relay, BELEPO_TLS_CA_FILE=str(offices.authority.path))


@pytest.mark.parametrize("security", ["starttls", "tls"])
@meanwhile
def test_a_relay_of_an_unknown_authority_is_told_nothing(offices: PostOffices, security: str):
    relay = OddRelay(None, offices.authority.good(), security, asks_for_password=True)
    must_stay(offices, relay)


@pytest.mark.parametrize("asks_for_password", [False, True], ids=["open", "with a password"])
@meanwhile
def test_a_relay_that_offers_no_encryption_is_told_nothing(
    offices: PostOffices, asks_for_password: bool
):
    """As when somebody on the way has struck STARTTLS out."""
    relay = OddRelay(asks_for_password=asks_for_password)
    must_stay(offices, relay, BELEPO_MAIL_SMTP_SECURITY="starttls")


@meanwhile
def test_a_relay_that_refuses_to_begin_encryption_is_told_nothing(offices: PostOffices):
    relay = OddRelay(None, offices.authority.good(), "starttls")
    relay.reply_all(STARTTLS, refuses("454 4.7.0 TLS not available"))
    must_stay(offices, relay, BELEPO_TLS_CA_FILE=str(offices.authority.path))


@meanwhile
def test_a_relay_without_tls_on_its_tls_port_is_told_nothing(offices: PostOffices):
    must_stay(offices, OddRelay(), BELEPO_MAIL_SMTP_SECURITY="tls")


def must_stay(offices: PostOffices, relay: OddRelay, **settings: str) -> None:
    with offices.open(relay=relay) as office:
        dispatcher = office.dispatcher(**LOGIN | settings)
        message = letter()
        office.queue.put(message)
        office.wait_until_postponed(message)
        assert relay.heard, "nobody has even tried"
        assert (relay.held_out, relay.logins) == ([], [])
        clear = [line for is_encrypted, line in relay.commands if not is_encrypted]
        if not any(heard.startswith(TLS) for heard in relay.heard):
            words = {line.split(" ")[0].upper() for line in clear if line.isascii()}
            assert words <= CLEAR_COMMANDS | {""}, clear
        for secret in (RELAY_PASSWORD, message.to, message.row["body"][:20]):
            assert all(secret.encode() not in heard for heard in relay.heard)
        row = office.queue.row(message)
        assert (row["unknowns"], row["body"]) == (0, message.row["body"])
        office.must_have_kept_its_promises(is_quiet=False, duplicates=0)
        assert dispatcher.stop() == 0


@meanwhile
def test_a_relay_that_does_not_know_us_is_told_no_letter(offices: PostOffices):
    """A wrong password is the operator's fault, and not the letter's: it waits."""
    relay = OddRelay(None, offices.authority.good(), "starttls", asks_for_password=True)
    with offices.open(relay=relay) as office:
        wrong = LOGIN | {"BELEPO_MAIL_SMTP_PASSWORD": "else"}
        trusting = {"BELEPO_TLS_CA_FILE": str(offices.authority.path)}
        first = office.dispatcher(**trusting | wrong)
        message = letter()
        office.queue.put(message)
        office.wait_until_postponed(message)
        assert relay.held_out == []
        assert {is_encrypted for is_encrypted, _ in relay.logins} == {True}
        assert not [line for line in first.log_lines("else") if "password" in line]
        assert first.stop() == 0
        office.dispatcher(**trusting | LOGIN)
        office.wait_until_ended()
        assert office.queue.row(message)["state"] == "sent"
        office.must_have_kept_its_promises(duplicates=0)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@meanwhile
def test_a_relay_with_a_good_certificate_is_believed(offices: PostOffices, security: str):
    relay = OddRelay(None, offices.authority.good(), security, asks_for_password=True)
    with offices.open(relay=relay) as office:
        dispatcher = office.dispatcher(
            **LOGIN | {"BELEPO_TLS_CA_FILE": str(offices.authority.path)}
        )
        office.queue.put(*(letter() for _ in range(10)))
        office.wait_until_ended()
        assert len(relay.taken) == 10
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start Postfix")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@meanwhile
def test_postfix_takes_letters_with_tls_and_a_password(offices: PostOffices, security: str):
    with offices.open() as office, Postfix(offices.authority.good(), office.record) as postfix:
        dispatcher = office.dispatcher(
            **postfix.settings(security) | {"BELEPO_TLS_CA_FILE": str(offices.authority.path)}
        )
        messages = [letter(subject="Árvíztűrő tükörfúrógép " * 5) for _ in range(20)]
        office.queue.put(*messages)
        office.wait_until_ended()
        wait_until(lambda: len(postfix.letters()) == 20, "all are in the mailbox", pause=0.2)
        for message in messages:
            (arrived,) = postfix.letters(message.to)
            assert arrived.text.startswith(message.row["body"])
            assert str(arrived.parsed["Subject"]).strip() == message.subject.strip()
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start Postfix")
@meanwhile
def test_postfix_is_stopped_and_started_between_letters(offices: PostOffices):
    with offices.open() as office, Postfix(offices.authority.good(), office.record) as postfix:
        dispatcher = office.dispatcher(
            **postfix.settings() | {"BELEPO_TLS_CA_FILE": str(offices.authority.path)}
        )
        for _ in range(2):
            office.queue.put(*(letter() for _ in range(5)))
            office.wait_until_ended()
            # The line that was kept open is dead now.
            postfix.stop()
            postfix.start()
        office.queue.put(*(letter() for _ in range(5)))
        office.wait_until_ended()
        wait_until(lambda: len(postfix.letters()) >= 15, "all are in the mailbox", pause=0.2)
        assert office.queue.states() == {"sent": 15}
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


# Hostile addresses, subjects and texts. Nothing of the kind gets through the pages; here it is in
# the database.

ADDRESSES = {
    "another header": "anna@pelda.example\r\nBcc: bela@else.example",
    "another command": "anna@pelda.example>\r\nRCPT TO:<bela@else.example",
    "a bare line feed": "anna@pelda.example\nBcc: bela@else.example",
    "a bare carriage return": "anna@pelda.example\rBcc: bela@else.example",
    "a line separator": "anna@pelda.example\u2028Bcc: bela@else.example",
    "two with a comma": "anna@pelda.example,bela@else.example",
    "two with a semicolon": "anna@pelda.example;bela@else.example",
    "two with brackets": "<anna@pelda.example>,bela@else.example",
    "a name and an address": "Anna <anna@pelda.example>",
    "quotes": '"a b"@pelda.example',
    "quotes with an address inside": '"bela@else.example y"@pelda.example',
    "a comment": "anna@pelda.example(else.example)",
    "an address of the network": "anna@[127.0.0.1]",
    "a dot at the end": "anna@pelda.example.",
    "a blank": "anna bela@pelda.example",
    "two signs": "anna@bela@pelda.example",
    "none": "anna",
    "options": "anna@pelda.example> SIZE=1 <",
    "a word in code": "=?utf-8?q?anna=40else.example?=@pelda.example",
    "a domain that is far too long": "anna@" + "x" * 255 + ".example",
}


@meanwhile
def test_a_hostile_address_is_refused(offices: PostOffices):
    with offices.open() as office:
        hostile = {name: letter(recipient=address) for name, address in ADDRESSES.items()}
        good = letter()
        office.queue.put(*hostile.values(), good)
        dispatcher = office.dispatcher()
        office.wait_until_ended()
        states = {name: office.queue.row(each)["state"] for name, each in hostile.items()}
        assert states == dict.fromkeys(ADDRESSES, "failed")
        assert [each.to for each in office.relay.held_out] == [(good.to,)]
        recipients = [line for line in office.relay.asked("RCPT") if good.to not in line]
        assert recipients == []
        assert not any(b"else.example" in heard for heard in office.relay.heard)
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


SUBJECTS = {
    "another header": "Próba\r\nBcc: bela@else.example",
    "another header after a bare line feed": "Próba\nBcc: bela@else.example",
    "another header after a bare carriage return": "Próba\rBcc: bela@else.example",
    "another part": "Próba\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>",
    "a line separator": "Próba\u2028Bcc: bela@else.example",
    "a next line": "Próba\u0085Bcc: bela@else.example",
    "a folded header": "Próba\r\n Bcc: bela@else.example",
    "an escape": "Próba\x1b[31m",
}
HEADERS = {
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type",
    "auto-submitted", "content-language", "reply-to", "content-transfer-encoding",
}  # fmt: skip


@meanwhile
def test_a_hostile_subject_never_becomes_a_header(offices: PostOffices):
    """It is refused, or arrives as the words that it is."""
    with offices.open() as office:
        hostile = {name: letter(subject=subject) for name, subject in SUBJECTS.items()}
        coded = letter(subject="=?utf-8?q?Bcc=3A_bela=40else.example?=")
        long = letter(subject="Nagyon hosszú tárgy, ékezetekkel " * 40)
        office.queue.put(*hostile.values(), coded, long)
        dispatcher = office.dispatcher()
        office.wait_until_ended()
        states = {name: office.queue.row(each)["state"] for name, each in hostile.items()}
        must_fail = {
            name for name, subject in SUBJECTS.items() if "\r" in subject or "\n" in subject
        }
        assert {name for name, state in states.items() if state == "failed"} >= must_fail
        for each in office.relay.held_out:
            names = [name.lower() for name in each.parsed.keys()]
            assert set(names) <= HEADERS and len(names) == len(set(names)), names
            assert len(each.to) == 1
        # What looks like code is words too.
        for message in (coded, long):
            (arrived,) = office.relay.letters(message.to)
            assert str(arrived.parsed["Subject"]).strip() == message.subject.strip()
            assert max(map(len, arrived.raw.splitlines())) <= 998
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


# As much of a PNG as the program looks at: 40 by 20.
LOGO = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + b"IHDR" + (40).to_bytes(4) + (20).to_bytes(4)


@meanwhile
def test_a_logo_comes_along_inside_the_letter(offices: PostOffices):
    """What mail programs need to show it without asking any server."""
    with offices.open() as office, tempfile.TemporaryDirectory() as folder:
        facts = (ROOT / "Sources/Wording/Brand/brand.yaml").read_text()
        (Path(folder) / "brand.yaml").write_text(f"{facts}logo: logo.png\n")
        (Path(folder) / "logo.png").write_bytes(LOGO)
        dispatcher = office.dispatcher(BELEPO_BRAND_DIRECTORY=folder)
        message = letter()
        office.queue.put(message)
        office.wait_until_ended()
        (arrived,) = office.relay.letters(message.to)
        plain, related = arrived.parsed.iter_parts()
        assert plain.get_content_type() == "text/plain"
        assert related.get_content_type() == "multipart/related"
        assert related.get_param("type") == "text/html"
        html, picture = related.iter_parts()
        assert picture.get_content_type() == "image/png" and picture.get_content() == LOGO
        assert picture.get_content_disposition() == "inline"
        assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html.get_content()
        assert arrived.files == []
        must_end_lines_properly(office.relay)
        assert dispatcher.stop() == 0


TEXTS = {
    "a dot alone": "első\n.\nutolsó",
    "dots": "..\n...\n.x\n.\n.",
    "another letter": "első\r\n.\r\nMAIL FROM:<a@else.example>\r\nRCPT TO:<b@else.example>\r\nDATA",
    "bare line feeds": "első\n.\nMAIL FROM:<a@else.example>\nmásodik",
    "bare carriage returns": "első\r.\rMAIL FROM:<a@else.example>\rmásodik",
    "half a line end": "első\n.\r\nMAIL FROM:<a@else.example>\r\n",
    "a boundary": "--\r\n--boundary--\r\nContent-Type: text/html\r\n\r\n<script>",
    "markup": "<script>alert(1)</script> & \"x\" 'y' </body>",
    "one endless line": "ő" * 2000,
    "equal signs": "a=3D=\r\n=0D=0A=",
}


@meanwhile
def test_a_hostile_text_stays_inside_its_letter(offices: PostOffices):
    with offices.open() as office:
        hostile = {name: letter(body=text) for name, text in TEXTS.items()}
        office.queue.put(*hostile.values())
        dispatcher = office.dispatcher()
        office.wait_until_ended()
        for name, message in hostile.items():
            state, arrived = office.queue.row(message)["state"], office.relay.letters(message.to)
            if state == "failed":
                assert arrived == [], name
                continue
            assert (state, len(arrived)) == ("sent", 1), name
            plain = arrived[0].text.replace("\r", "\n")
            wanted = message.row["body"].replace("\r\n", "\n").replace("\r", "\n")
            # The insurer's own words are below.
            assert plain.strip().startswith(wanted.strip()), name
            assert "<script" not in arrived[0].html, name
            assert [part.get_content_type() for part in arrived[0].parsed.iter_parts()] == [
                "text/plain", "text/html",
            ], name  # fmt: skip
        must_end_lines_properly(office.relay)
        assert len(office.relay.held_out) <= len(TEXTS)
        assert {each.sender for each in office.relay.held_out} == {MAIL_FROM}
        office.must_have_kept_its_promises(duplicates=0)
        assert dispatcher.stop() == 0


def must_end_lines_properly(relay: OddRelay) -> None:
    """Each line feed has its carriage return, and the other way round."""
    for heard in relay.heard:
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", bytes(heard))
