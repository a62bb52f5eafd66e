"""Customers of a made-up insurer, each a function of a number, and their way through the site."""

import multiprocessing
import time

PASSWORD = "Zoldalma73Korte"


class Customer:
    def __init__(self, number):
        self.number = number
        self.customer_number = f"{number:07}"
        # Families share a phone where there are more customers than numbers.
        self.mobile = str(2000000 + number % 7000000)
        self.phone = f"+3630{self.mobile}"
        self.name = f"Mérés Márta {number}"
        self.policy_number = f"ME-{number:07}"
        self.email = f"ugyfel{number}@pelda.example"


class Strangers:
    """Customers who have not registered yet. Each is handed out once, to whichever process asks.

    - order: the number of the nth of them
    """

    def __init__(self, order=lambda turn: turn):
        self._order = order
        self._turn = multiprocessing.Value("q", 0)

    def next(self):
        with self._turn.get_lock():
            turn = self._turn.value
            self._turn.value += 1
        return Customer(self._order(turn))


class Unexpected(Exception):
    """The site answered with something else than the journey goes on with."""


def expect(answer, location):
    if answer.status != 303 or answer.headers.get("location") != location:
        found = f"{answer.status} {answer.headers.get('location', '')}".strip()
        raise Unexpected(f"{location} expected, got {found}")


class Watch:
    """How long each answer of the site took one person, and each message."""

    def __init__(self):
        self.seconds = {}

    def time(self, name, work, *arguments, **fields):
        start = time.perf_counter()
        result = work(*arguments, **fields)
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)
        return result


# The pages that a registration asks for, in order; between them the forms are sent.
PAGES = (
    "/",
    "/ugyfelportal",
    "/regisztracio",
    "/regisztracio/telefonszam",
    "/regisztracio/email",
    "/regisztracio/jelszo",
    "/regisztracio/sikeres",
    "/bejelentkezes",
    "/megerosites",
    "/fiok",
)


def register(browser, counter, customer, watch=None, at_page=lambda path: None):
    """One customer's whole way: every page and every form, from the first page to the portal.

    - at_page: called with each page's path while that page is at hand, for who looks closer
    """
    watch = watch or Watch()

    def get(path):
        answer = watch.time(f"GET {path}", browser.get, path)
        if answer.status != 200:
            raise Unexpected(f"{path}: {answer.status}")
        at_page(path)
        return answer

    def post(path, location, **fields):
        expect(watch.time(f"POST {path}", browser.post, path, **fields), location)

    browser.cookies.clear()
    for path in PAGES[:3]:
        get(path)
    post(
        "/regisztracio",
        "/regisztracio/telefonszam",
        kind="customer",
        customerNumber=customer.customer_number,
        mobilePrefix="30",
        mobileNumber=customer.mobile,
    )
    get("/regisztracio/telefonszam")
    code = watch.time("the SMS arrives", counter.code, customer.phone)
    post("/regisztracio/telefonszam", "/regisztracio/email", code=code[1:])
    get("/regisztracio/email")
    post(
        "/regisztracio/email",
        "/regisztracio/jelszo",
        email=customer.email,
        marketing="no",
        dataProcessing="yes",
        contract="yes",
        notice="yes",
    )
    get("/regisztracio/jelszo")
    post(
        "/regisztracio/jelszo",
        "/regisztracio/sikeres",
        password=PASSWORD,
        passwordAgain=PASSWORD,
    )
    get("/regisztracio/sikeres")
    log_in(browser, customer, watch, "/megerosites", get)
    get("/megerosites")
    code = watch.time("the letter arrives", counter.code, customer.email)
    post("/megerosites", "/fiok?uzenet=megerositve", code=code[1:])
    page = get("/fiok")
    if customer.policy_number.encode() not in page.body:
        raise Unexpected("the portal does not show the customer's policy")


def log_in(browser, customer, watch=None, location="/fiok", get=None):
    watch = watch or Watch()
    (get or browser.get)("/bejelentkezes")
    answer = watch.time(
        "POST /bejelentkezes",
        browser.post,
        "/bejelentkezes",
        username=customer.email,
        password=PASSWORD,
    )
    expect(answer, location)
