"""The customers of the drills tell what a page told them, and repeat only what is worth it."""

from http.server import BaseHTTPRequestHandler

import pytest

from client import Broken, Customer, Mailbox
from ledger import Ledger
from listener import Listener

PAUSED = "Most nem tudunk kódot küldeni &amp; fogadni"
PAGE = f"""<!DOCTYPE html><title>Hiba</title><header>Fejléc</header>
<main id="main" class="wrap"><h1>{PAUSED}</h1>
<p>Hívja az ügyfélszolgálatot.</p></main><footer>Lábléc</footer>"""
TOLD = "Most nem tudunk kódot küldeni & fogadni Hívja az ügyfélszolgálatot."


class Portal(Listener):
    """Answers with the next of what it has, and with the last one again and again."""

    def __init__(self, *answers: tuple[int, str | None, str]):
        self.asked: list[str] = []
        (asked, left) = (self.asked, list(answers))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                status, retry_after, body = left.pop(0) if len(left) > 1 else left[0]
                content = body.encode()
                self.send_response(status)
                if retry_after is not None:
                    self.send_header("Retry-After", retry_after)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        super().__init__(lambda line: Handler(line.socket, None, None))


@pytest.fixture
def customer(tmp_path):
    """One who asks a portal, and how patient the customer is."""

    def make(portal: Portal, **more) -> Customer:
        ledger = Ledger(tmp_path / "ledger.jsonl")
        return Customer(1, lambda: ("127.0.0.1", portal.port), Mailbox(), ledger, **more)

    return make


@pytest.mark.parametrize(
    ("answer", "is_tolerant", "words"),
    [
        ((503, "3600", PAGE), True, ["not before 3600 s", "GET /fiok: 503", TOLD]),
        ((503, None, PAGE), True, ["no Retry-After", "GET /fiok: 503", TOLD]),
        ((503, "soon", PAGE), True, ["no Retry-After", "GET /fiok: 503", TOLD]),
        ((503, "5", PAGE), False, ["GET /fiok: 503", TOLD]),
        ((500, None, PAGE), True, ["GET /fiok: 500", TOLD]),
        ((502, None, "<h1>Bad Gateway</h1>\n"), True, ["GET /fiok: 502", "Bad Gateway"]),
    ],
    ids=["for an hour", "without an hour", "some time", "impatient", "broken", "the proxy's own"],
)
def test_a_journey_that_ends_tells_the_status_and_what_the_page_says(
    answer, is_tolerant, words, customer
):
    with Portal(answer) as portal:
        with pytest.raises(Broken) as broken:
            customer(portal, is_tolerant=is_tolerant).open("/fiok")
        for each in words:
            assert each in str(broken.value)
        assert "Lábléc" not in str(broken.value)
        assert portal.asked == ["/fiok"]


def test_who_is_told_to_come_again_soon_does_and_says_what_was_told_last(customer):
    busy = (503, "5", PAGE)
    with Portal(busy, busy, (200, None, "<main>Fiók</main>")) as portal:
        assert customer(portal).open("/fiok").status == 200
        assert portal.asked == ["/fiok"] * 3
    with Portal((503, "0", PAGE)) as portal:
        anna = customer(portal)
        anna.deadline = 0
        with pytest.raises(Broken) as broken:
            anna.open("/fiok")
        assert str(broken.value).startswith("0 s without a result: GET /fiok: 503")
        assert TOLD in str(broken.value)
