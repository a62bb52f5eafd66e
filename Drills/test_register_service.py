"""The insurer's own service instead of files: whole journeys, and each way in which it may fail."""

import contextlib
import sqlite3

import pytest

from client import PASSWORD, Browser
from ledger import sqlite_rows
from parts import Instance
from register_files import Files
from register_service import (
    Register,
    RegisterService,
    fails,
    hangs_up,
    is_silent,
    says,
    tls_context,
)
from waiting import wait_until

ANNA = {"number": "1234567", "policy": "LA-2023-004512", "mobile": "+36301234567"}
CUSTOMERS = (
    "1234567,R1,Kovács Anna,06 30 123 4567,anna@pelda.example,active\n"
    "2345678,,Nagy Péter,06 20 234 5678,,active\n"
    "3456789,,Kis Ida,06 30 345 6789,,blocked\n"
)
POLICIES = "LA-2023-004512,1234567,lakás,active,2023-05-01,\nGF-0001,2345678,casco,active,,\n"
EMAIL = "anna@pelda.example"
# What a busy machine needs for a good answer, and a story for a missing one.
TIMEOUT_SECONDS = 10


def register(folder) -> Register:
    files = Files(folder / "register").write(CUSTOMERS, POLICIES)
    return Register.of_files(files.customers, files.policies)


class Portal(Instance):
    """A demo that asks a service, on a database of its own."""

    def __init__(self, folder, service: RegisterService, **settings: str):
        self.file = folder / "portal.sqlite"
        super().__init__(
            f"sqlite:{self.file}",
            BELEPO_REGISTER_SERVICE_URL=service.url,
            BELEPO_REGISTER_SERVICE_TIMEOUT=f"{TIMEOUT_SECONDS}s",
            BELEPO_REGISTER_SERVICE_CACHE="0s",
            **settings,
        )
        self.rows = sqlite_rows(self.file)

    def browser(self) -> Browser:
        return Browser(lambda: self.address)

    def identify(self, browser: Browser, number: str = ANNA["number"], mobile: str = ANNA["mobile"]):
        browser.get("/regisztracio")
        return browser.post(
            "/regisztracio",
            browser.page.hidden()
            | {
                "kind": "customer",
                "policyNumber": "",
                "customerNumber": number,
                "mobilePrefix": "30",
                "mobileNumber": mobile,
            },
        )

    def code(self, channel: str) -> str:
        """The newest one."""

        def codes() -> list[str]:
            texts = [each["text"] for each in self.caught() if each["channel"] == channel]
            if channel == "sms":
                return [text.rsplit("#", 1)[1].strip() for text in texts if "#" in text]
            lines = [line for text in texts for line in text.splitlines()]
            return [line for line in lines if len(line) == 6 and line.isupper()]

        wait_until(codes, f"a code by {channel}")
        return codes()[0]

    def register(self, browser: Browser) -> None:
        """Anna, to the end of the registration."""
        assert self.identify(browser).location == "/regisztracio/telefonszam"
        browser.get("/regisztracio/telefonszam")
        fields = browser.page.hidden() | {"code": self.code("sms")}
        assert browser.post("/regisztracio/telefonszam", fields).location == "/regisztracio/email"
        browser.get("/regisztracio/email")
        fields = browser.page.hidden() | {
            "email": EMAIL,
            "marketing": "no",
            "dataProcessing": "yes",
            "contract": "yes",
            "notice": "yes",
        }
        assert browser.post("/regisztracio/email", fields).location == "/regisztracio/jelszo"
        browser.get("/regisztracio/jelszo")
        fields = browser.page.hidden() | {"password": PASSWORD, "passwordAgain": PASSWORD}
        assert browser.post("/regisztracio/jelszo", fields).location == "/regisztracio/sikeres"

    def log_in(self, browser: Browser):
        browser.get("/bejelentkezes")
        fields = browser.page.hidden() | {"username": EMAIL, "password": PASSWORD}
        return browser.post("/bejelentkezes", fields)

    def ask_for_a_new_password(self, browser: Browser):
        browser.get("/elfelejtett-jelszo")
        return browser.post("/elfelejtett-jelszo", browser.page.hidden() | {"email": EMAIL})

    def confirm(self, browser: Browser) -> None:
        browser.get("/megerosites")
        fields = browser.page.hidden() | {"code": self.code("email")}
        assert browser.post("/megerosites", fields).status == 303

    def states(self, kind: str) -> list[str]:
        rows = self.rows(f"SELECT state FROM message WHERE kind = '{kind}' ORDER BY id")
        return [row["state"] for row in rows]

    def do(self, statement: str) -> None:
        """What a story cannot wait for."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=60)) as database, database:
            database.execute(statement)

    def wait_until_sent(self) -> None:
        waiting = "SELECT id FROM message WHERE state IN ('queued', 'leased')"
        wait_until(lambda: self.rows(waiting) == [], "everything is sent")

    @property
    def counted(self) -> int:
        """Failed tries of anybody."""
        return sum(row["used"] for row in self.rows("SELECT used FROM event_count"))


def is_held(answer) -> bool:
    """The call centre's page instead of the form with a mistake."""
    return answer.status == 422 and 'name="password"' not in answer.body


@pytest.fixture
def service(tmp_path):
    with RegisterService(register(tmp_path)) as service:
        yield service


def test_a_customer_registers_and_logs_in_and_only_then_is_copied(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        browser = portal.browser()
        assert portal.identify(browser, mobile="+36309999999").status == 422
        assert portal.identify(browser, number="9999999").status == 422
        assert portal.rows("SELECT * FROM register_customer") == []
        portal.register(browser)
        copied = portal.rows("SELECT customer_number AS number FROM register_customer")
        assert copied == [{"number": "1234567"}]
        assert portal.log_in(browser).status == 303
        assert "/customers/1234567" in service.asked


def test_a_policy_number_finds_its_owner(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        browser = portal.browser()
        browser.get("/regisztracio")
        fields = browser.page.hidden() | {
            "kind": "policy",
            "policyNumber": ANNA["policy"],
            "customerNumber": "",
            "mobilePrefix": "30",
            "mobileNumber": ANNA["mobile"],
        }
        assert browser.post("/regisztracio", fields).status == 303
        assert service.asked[0] == "/policies/LA2023004512"


def test_every_reason_has_one_page_and_its_own_line_in_the_books(tmp_path, service):
    reasons = {
        "9999999": "unknown_number",
        "3456789": "customer_blocked",
        "1234567": "other_mobile",
    }
    service.register.old_owners["8888888"] = ["1234567"]
    service.register.old_owners["7777777"] = ["1234567", "2345678"]
    reasons |= {"8888888": "old_customer_number", "7777777": "old_number_of_several"}
    with Portal(tmp_path, service) as portal:
        pages = set()
        for number in reasons:
            answer = portal.identify(portal.browser(), number, "+36305555555")
            assert answer.status == 422
            pages.add(len(answer.body))
        assert len(pages) == 1
        told = portal.rows("SELECT detail FROM audit_event WHERE kind = 'mismatch' ORDER BY id")
        assert [row["detail"] for row in told] == list(reasons.values())


TROUBLES = {
    "it answers 500": fails(500),
    "it answers 403": fails(403),
    "it redirects": fails(302, Location="http://localhost:1/"),
    "it hangs up": hangs_up,
    "it never answers": is_silent,
    "no JSON": says(b"<html>Belso hiba</html>"),
    "JSON of something else": says(b'{"ok": true}'),
    "half a customer": says(b'{"customer": {"customerNumber": "1234567"}, "policies": []}'),
    "another customer": says(
        b'{"customer": {"customerNumber": "2345678", "name": "X", "smsNumber": "+36301234567",'
        b' "status": "active"}, "policies": []}'
    ),
    "a status that nobody knows": says(
        b'{"customer": {"customerNumber": "1234567", "name": "X", "smsNumber": "+36301234567",'
        b' "status": "vip"}, "policies": []}'
    ),
    "a megabyte": says(b" " * 2**20),
    "404 of something else": says(b"<html>Not Found</html>", 404),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_whatever_is_wrong_the_customer_reads_when_to_come_back_and_nothing_counts(
    tmp_path, service, trouble
):
    with Portal(tmp_path, service) as portal:
        service.trouble = trouble
        browser = portal.browser()
        answer = portal.identify(browser)
        assert answer.status == 503, answer.body
        assert int(answer.headers["retry-after"]) >= 60
        assert "data-case-number" in answer.body
        assert portal.counted == 0
        wait_until(lambda: portal.log_lines("register_service_failed"), "the log tells of it")
        # Nobody personal is in the log.
        assert not portal.log_lines("1234567") and not portal.log_lines("301234567")


def test_it_is_asked_once_more_and_then_rests_and_works_again(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        service.trouble = fails(500)
        for _ in range(6):
            assert portal.identify(portal.browser()).status == 503
        wait_until(lambda: portal.log_lines("register_service_rests"), "it rests")
        customers = 18
        for _ in range(12):
            assert portal.identify(portal.browser()).status == 503
        # Each customer asks twice, but a resting service is asked nothing.
        assert len(service.asked) < 2 * customers
        service.trouble = None
        wait_until(
            lambda: portal.identify(portal.browser()).status == 303, "it works again", pause=1
        )
        wait_until(lambda: portal.log_lines("register_service_works"), "the log tells of that, too")


def test_one_slip_is_not_noticed(tmp_path, service):
    left = [1]

    def once(handler):
        if not left:
            return False
        left.pop()
        return hangs_up(handler)

    service.trouble = once
    with Portal(tmp_path, service) as portal:
        assert portal.identify(portal.browser()).status == 303
        # Before the code goes out it may be asked once more.
        assert service.asked[:2] == ["/customers/1234567"] * 2


def test_an_account_follows_the_service_and_outlives_its_outage(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        browser = portal.browser()
        portal.register(browser)
        assert portal.log_in(browser).status == 303
        service.trouble = fails(500)
        # By the last known state.
        assert portal.log_in(portal.browser()).status == 303
        # Logged in, and the address is not confirmed yet.
        assert browser.get("/fiok").status == 403
        service.trouble = None
        service.register.customers["1234567"]["status"] = "blocked"
        wait_until(
            lambda: is_held(portal.log_in(portal.browser())), "the block acts", pause=1
        )
        assert browser.get("/fiok").status == 303, "the session goes on"
        # Too old to be trusted, and nobody answers: nobody is let in, and nothing is counted.
        service.register.customers["1234567"]["status"] = "active"
        assert portal.log_in(portal.browser()).status == 303
        service.trouble = fails(500)
        portal.do("UPDATE register_copy SET asked_at = 0")
        before = portal.counted
        answer = portal.log_in(portal.browser())
        assert answer.status == 503 and int(answer.headers["retry-after"]) >= 60
        assert portal.counted == before


def confirmed(portal):
    """Anna, whose address is confirmed, so that she may ask for a new password."""
    browser = portal.browser()
    portal.register(browser)
    assert portal.log_in(browser).status == 303
    portal.confirm(browser)
    portal.wait_until_sent()


def test_who_has_died_gets_no_letter_for_a_new_password(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        confirmed(portal)
        service.register.customers["1234567"]["status"] = "deceased"
        # The page is the same as for anybody, and the letter is taken back.
        assert portal.ask_for_a_new_password(portal.browser()).status == 303
        portal.wait_until_sent()
        assert portal.states("recovery_code") == ["cancelled"]
        left = "SELECT id FROM message WHERE state = 'cancelled' AND body IS NOT NULL"
        assert portal.rows(left) == []


def test_an_outage_loses_no_letter_for_a_new_password(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        confirmed(portal)
        # By the last known state.
        service.trouble = fails(500)
        assert portal.ask_for_a_new_password(portal.browser()).status == 303
        wait_until(lambda: portal.states("recovery_code") == ["sent"], "it is sent")


def test_who_is_gone_from_the_service_is_gone(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        portal.register(portal.browser())
        # Each of the letters asks, too.
        portal.wait_until_sent()
        del service.register.customers["1234567"]
        # Once might be a slip of the service.
        assert portal.log_in(portal.browser()).status == 303
        assert is_held(portal.log_in(portal.browser()))


def test_who_has_another_number_keeps_the_account(tmp_path, service):
    with Portal(tmp_path, service) as portal:
        portal.register(portal.browser())
        anna = service.register.customers.pop("1234567")
        service.register.customers["7654321"] = anna | {
            "customerNumber": "7654321",
            "oldCustomerNumbers": ["1234567"],
        }
        service.register.old_owners["1234567"] = ["7654321"]
        assert portal.log_in(portal.browser()).status == 303
        assert portal.rows("SELECT customer_number AS number FROM account") == [{"number": "7654321"}]


# Certificates.


@contextlib.contextmanager
def secured(tmp_path, authority, certificate, asks_for=None, **settings):
    context = tls_context(str(certificate.path), str(certificate.key), asks_for)
    with RegisterService(register(tmp_path), tls=context) as service:
        own = {"BELEPO_TLS_CA_FILE": str(authority.path)}
        with Portal(tmp_path, service, **own | settings) as portal:
            yield portal


def test_the_insurers_own_authority_is_believed(tmp_path, authority):
    with secured(tmp_path, authority, authority.good()) as portal:
        assert portal.identify(portal.browser()).status == 303


@pytest.mark.parametrize("kind", ["expired", "of_another_host", "self_signed"])
def test_no_other_certificate_is(tmp_path, authority, kind):
    with secured(tmp_path, authority, getattr(authority, kind)()) as portal:
        assert portal.identify(portal.browser()).status == 503
        assert portal.counted == 0


def test_a_service_that_wants_a_certificate_gets_ours(tmp_path, authority):
    own = authority.of_a_client()
    settings = {
        "BELEPO_REGISTER_SERVICE_CERTIFICATE_FILE": str(own.path),
        "BELEPO_REGISTER_SERVICE_KEY_FILE": str(own.key),
    }
    good = authority.good()
    with secured(tmp_path, authority, good, str(authority.path), **settings) as portal:
        assert portal.identify(portal.browser()).status == 303
    (tmp_path / "portal.sqlite").unlink()
    with secured(tmp_path, authority, good, str(authority.path)) as portal:
        assert portal.identify(portal.browser()).status == 503
