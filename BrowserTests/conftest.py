import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect, sync_playwright

import sample_register
from browsing import DESKTOP, PATIENCE, PHONE, launch, open_visit
from customer import Customer
from production import ProductionServer
from server import Server

FAILED = Path(__file__).parent / "pictures" / "failed"
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keeps a picture of what was in front of people when a story failed."""
    report = yield
    cast = getattr(item, "funcargs", {}).get("customers")
    if report.failed and call.when == "call" and cast:
        FAILED.mkdir(parents=True, exist_ok=True)
        pages = [page for visit in cast.visits for page in visit.context.pages]
        story = re.sub(r"[^\w-]+", "-", item.name).strip("-")
        for number, page in enumerate(pages, start=1):
            path = FAILED / f"{story}.{number}.png"
            try:
                page.screenshot(path=path, full_page=True, timeout=3_000)
            except Error:
                continue
            report.sections.append((f"Picture {number}", f"{page.url}\n{path}"))
    return report


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server():
    """The server of all stories of a file that need no settings of their own."""
    server = Server()
    yield server
    assert server.stop() == 0, f"the server did not end in peace:\n{server.log_tail()}"


@pytest.fixture(scope="module")
def fresh_people():
    """Those whom no story of the file has used: how often one person may try is limited.

    The three whom the documents name are left alone: a story that needs one of them says so.
    """
    named = ("1234567", "2345678", "A1B2C34")
    return [person for person in sample_register.ordinary_people() if person.number not in named]


@pytest.fixture
def server_with():
    """Starts a server with settings of its own: server_with(BELEPO_CODES_SMS_LIFETIME="5s")."""
    servers = []

    def start(**settings):
        servers.append(Server(**settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def in_production():
    """Starts a server with a gateway of its own: in_production("postgres")."""
    servers = []

    def start(engine, **settings):
        servers.append(ProductionServer(engine, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def customers(browser, request):
    """Customers with a browser each. What their browsers complained about fails the story."""
    cast = Cast(browser, request)
    yield cast
    complaints = list(itertools.chain.from_iterable(visit.complaints for visit in cast.visits))
    for visit in cast.visits:
        visit.close()
    assert not complaints, "\n".join(complaints)


class Cast:
    def __init__(self, browser, request):
        self.browser = browser
        self.request = request
        self.visits = []

    def on_phone(self, **wishes) -> Customer:
        return self.someone(device=PHONE, **wishes)

    def at_desk(self, **wishes) -> Customer:
        return self.someone(device=DESKTOP, **wishes)

    def someone(
        self,
        person=None,
        server=None,
        language="hu",
        javascript=True,
        device=DESKTOP,
        email_on_file=None,
        **options,
    ) -> Customer:
        """A person whom no other story uses, unless one is named, with a new browser."""
        server = server or self.request.getfixturevalue("server")
        person = person or self._fresh_person(email_on_file)
        visit = open_visit(
            self.browser, server.url, device, javascript=javascript, language=language, **options
        )
        self.visits.append(visit)
        customer = Customer(person, visit, server, language)
        customer.wishes = {"language": language, "javascript": javascript, "device": device}
        return customer

    def server_with(self, **settings) -> Server:
        return self.request.getfixturevalue("server_with")(**settings)

    def _fresh_person(self, email_on_file):
        people = self.request.getfixturevalue("fresh_people")
        for person in people:
            if email_on_file is None or bool(person.email) == email_on_file:
                people.remove(person)
                return person
        raise AssertionError("more stories than people: add people to the sample register")


@pytest.fixture
def people():
    """Everyone in the sample register by customer number, for stories about special cases."""
    return sample_register.everyone()
