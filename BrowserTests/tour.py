"""Every page and every error state there is, each reached the way people reach it.

A stretch walks through one part of the portal and stops wherever there is something to look at. The
stops are yielded as short names; whoever walks along looks at `customer.page`.
"""

import time
from collections.abc import Iterator

from customer import Customer, wrong

PUBLIC_PAGES = [
    "/",
    "/ugyfelportal",
    "/gyik",
    "/utmutato",
    "/adatkezeles",
    "/tajekoztato",
    "/portalszerzodes",
    "/impresszum",
    "/kapcsolat",
    "/akadalymentesseg",
]

# What is typed → what it is, for the field of the mobile number (J3).
IMPOSSIBLE_MOBILES = {
    "": "nothing",
    "12345": "too short",
    "123456789012": "too long",
    "12a4567": "a letter",
    "06 1 234 5678": "a landline",
    "06 31 234 5678": "a prefix that cannot be texted",
    "+43 660 1234567": "a foreign number",
}

REFUSED_PASSWORDS = {
    "": "nothing",
    "Ab1": "too short",
    "kertmozi27": "no upper case",
    "KERTMOZI27": "no lower case",
    "Kertmozi": "no digit",
    "Kertmozi 27": "a space",
    "Kertmozí27": "an accented letter",
    "Password1": "too common",
}

NOT_ADDRESSES = {
    "": "nothing",
    "anna": "no at sign",
    "anna@": "no domain",
    "anna @example.hu": "a space",
}

NEW_PASSWORD = "Napraforgo31"


def public_pages(customer: Customer, _) -> Iterator[str]:
    for path in PUBLIC_PAGES:
        customer.open(path)
        yield f"page {path}"
    customer.open("/nincs-ilyen-oldal")
    yield "a page that does not exist"


def identification(customer: Customer, _) -> Iterator[str]:
    customer.go_to_identity()
    yield "identification"
    customer.choose_kind("customer")
    yield "identification by customer number"
    customer.press("mobileNumber")
    yield "error identification, nothing filled in"
    customer.choose_kind("policy")
    customer.press("mobileNumber")
    yield "error identification by policy number, nothing filled in"
    for typed, what in IMPOSSIBLE_MOBILES.items():
        customer.identify(mobile=typed)
        yield f"error mobile number: {what}"
    for typed in ("123456", "12345678", "12_4567"):
        customer.identify(number=typed)
        yield f"error customer number {typed}"
    customer.identify(number="9999999")
    yield "error no match"


def sms_code(customer: Customer, customers) -> Iterator[str]:
    customer.go_to_code()
    code = customer.sms_code()
    yield "sms code"
    customer.enter_sms_code("")
    yield "error sms code: nothing"
    customer.enter_sms_code("123")
    yield "error sms code: too short"
    customer.enter_sms_code("12345678")
    yield "error sms code: too long"
    customer.ask_for_a_code_just_sent("/regisztracio/telefonszam/uj-kod", "registration")
    yield "error sms code: asked for another one too early"
    customer.open("/regisztracio/telefonszam")
    for attempt in range(1, 5):
        customer.enter_sms_code(wrong(code)[1:])
        yield f"error sms code: wrong {attempt} times"
    customer.enter_sms_code(wrong(code)[1:])
    yield "error sms code: no tries left"


def email_and_declarations(customer: Customer, customers) -> Iterator[str]:
    neighbour = customers.at_desk()
    neighbour.register()

    customer.go_to_email()
    yield "email"
    customer.press("email")
    yield "error email, nothing filled in"
    for typed, what in NOT_ADDRESSES.items():
        customer.give_email(email=typed)
        yield f"error email: {what}"
    customer.give_email("ugyfel@example.com", marketing=None, contract=False)
    yield "error email, something left out"
    customer.give_email(neighbour.email)
    yield "error email taken"


def password(customer: Customer, _) -> Iterator[str]:
    customer.go_to_password()
    yield "password"
    for typed, what in REFUSED_PASSWORDS.items():
        customer.choose_password(typed)
        yield f"error password: {what}"
    customer.choose_password("Kertmozi27", again="Kertmozi28")
    yield "error password: two different ones"
    customer.choose_password("Kertmozi27")
    yield "success"


def freemail(customer: Customer, _) -> Iterator[str]:
    customer.register(email=customer.email.replace("example.com", "freemail.hu"))
    yield "success with a freemail address"


def login_and_confirmation(customer: Customer, _) -> Iterator[str]:
    customer.register()
    customer.open("/bejelentkezes")
    yield "login"
    customer.press("username")
    yield "error login, nothing filled in"
    customer.log_in(password="Valami99")
    yield "error login, wrong password"
    customer.log_in()
    yield "confirmation"
    yield from _refused_codes(customer, customer.email_code(), "/megerosites/uj-kod", "account")
    customer.open("/megerosites/email-cim")
    yield "mistyped address"
    customer.press("email")
    yield "error mistyped address, nothing filled in"
    customer.submit(email=customer.email, password="Valami99")
    yield "error mistyped address, wrong password"
    for path in ("/fiok", "/fiok/adatok"):
        customer.open(path)
        yield f"{path} before confirmation"
    customer.open("/megerosites")
    yield from _expired_code(customer, "/megerosites", "/megerosites/uj-kod", "account")
    customer.confirm_email()
    yield "portal, for the first time"


def _refused_codes(customer: Customer, code: str, resend: str, table: str) -> Iterator[str]:
    """What every page of a code by e-mail refuses."""
    where = customer.path
    for typed, what in {"": "nothing", "AB": "too short", wrong(code)[1:]: "wrong"}.items():
        customer.submit(code=typed)
        yield f"error {where}: {what}"
    customer.ask_for_a_code_just_sent(resend, table)
    yield f"error {where}: another code too early"


def _expired_code(customer: Customer, path: str, resend: str, table: str) -> Iterator[str]:
    """In the page with the code's field, its time ends; and then there is another code."""
    customer.type("code", "KKKKK")
    customer.server.change(f"UPDATE {table} SET code_expires_at = 1, code_sent_at = 1")
    customer.press("code")
    yield f"error {path}: expired"
    customer.open(path)
    yield f"{path}: the code is over"
    customer.press_in_form(resend)
    yield f"{path}: another code"


def home_and_devices(customer: Customer, customers) -> Iterator[str]:
    customer.become_a_user()
    for _ in range(2):
        elsewhere = customers.at_desk(person=customer.person, server=customer.server)
        elsewhere.email = customer.email
        elsewhere.log_in(password="Valami99")
        elsewhere.log_in()
    for path in ("/fiok", "/fiok/biztonsag"):
        customer.open(path)
        yield f"{path} after logins elsewhere"
        customer.page.locator(".account-menu > summary").click()
        yield f"{path} with its menu open"
    sessions = customer.page.locator("main li:has(form) button")
    for button, what in (
        (sessions.first, "one logged out"),
        (customer.page.locator('form:has([value="others"]) button'), "the others logged out"),
        (customer.page.locator('form:has([value="all"]) button'), "logged out everywhere"),
    ):
        with customer.page.expect_navigation():
            button.click()
        yield f"devices: {what}"


def login_with_a_code(customer: Customer, customers) -> Iterator[str]:
    """Somebody guesses: besides the password a code is asked for."""
    # A pause would be over sooner than a slow machine has walked here; a day is not.
    guarded = customers.server_with(BELEPO_LIMITS_LOGIN_FAILURES_PER_USER_NAME_PER_DAY="3")
    anna = _instead_of(customer, customers, guarded)
    anna.become_a_user()
    elsewhere = customers.someone(person=anna.person, server=guarded, **customer.wishes)
    elsewhere.email = anna.email
    for _ in range(4):
        elsewhere.log_in(password="Valami99")
    elsewhere.must_be_at("/bejelentkezes/kod")
    elsewhere.log_in()
    elsewhere.must_be_at("/bejelentkezes/kod")
    for typed, what in {None: "", "": "nothing", "AB": "too short", "KKKKK": "wrong"}.items():
        if typed is not None:
            elsewhere.submit(code=typed)
        _look_over_the_shoulder(customer, elsewhere)
        yield f"error login code: {what}" if what else "login code"
    elsewhere.confirm_email()
    _look_over_the_shoulder(customer, elsewhere)
    yield "home after a login with a code"


def account_limits(customer: Customer, customers) -> Iterator[str]:
    """Where somebody goes on guessing, and where the right password opens nothing."""
    strict = customers.server_with(
        BELEPO_HTTP_TRUSTED_PROXIES="127.0.0.1,::1",
        BELEPO_LIMITS_PASSWORD_CHANGES_PER_ACCOUNT_PER_DAY="1",
        BELEPO_LIMITS_LOGIN_FAILURES_PER_USER_NAME_PER_DAY="3",
        BELEPO_LIMITS_LOGIN_FAILURES_PER_ADDRESS_PER_TEN_MINUTES="5",
        BELEPO_LIMITS_CODE_TRIES_PER_NETWORK_PER_HOUR="5",
        BELEPO_LIMITS_ADDRESS_UNDO_TRIES_PER_DAY="5",
        BELEPO_LIMITS_RECOVERIES_PER_ADDRESS_PER_TEN_MINUTES="3",
    )
    anna = _instead_of(customer, customers, strict)
    anna.become_a_user()
    for password in (NEW_PASSWORD, "Napraforgo32"):
        anna.open("/fiok/jelszo")
        anna.submit(currentPassword=anna.password, password=password, passwordAgain=password)
        anna.password = NEW_PASSWORD
    yield "error new password: changed often enough today"

    guesser = customers.someone(person=anna.person, server=strict, **customer.wishes)
    guesser.email = anna.email

    def guess_code(ask, **passwords: str) -> None:
        for _ in range(5):
            if not guesser.page.locator('[name="code"]').count():
                ask()
        guesser.submit(code="KKKKK", **passwords)

    def ask_for_recovery() -> None:
        guesser.open("/elfelejtett-jelszo")
        guesser.submit(email=guesser.email)

    _until_limited(guesser, lambda _: guess_code(lambda: guesser.log_in(password="Valami99")))
    _look_over_the_shoulder(customer, guesser)
    yield "login code: too many tries"
    strict.change("UPDATE recovery SET expires_at = 1, code_expires_at = 1")
    guesser.open("/bejelentkezes/kod")
    yield "login code: over"
    new = {"password": NEW_PASSWORD, "passwordAgain": NEW_PASSWORD}
    _until_limited(guesser, lambda _: guess_code(ask_for_recovery, **new))
    yield "recovery: too many tries"

    stranger = customers.someone(
        person=anna.person,
        server=strict,
        extra_http_headers={"X-Forwarded-For": "203.0.113.7"},
        **customer.wishes,
    )
    _look_over_the_shoulder(customer, stranger)
    _until_limited(
        stranger, lambda number: stranger.log_in(f"senki.{number}@example.com", "Valami99")
    )
    yield "login: too many tries from one network"
    stranger.open("/cim-visszaallitas")
    _until_limited(stranger, lambda _: stranger.submit(email=anna.email, code="KKKKKK"))
    yield "undo: too many tries from one network"

    def forget(number: int) -> None:
        stranger.open("/elfelejtett-jelszo")
        stranger.submit(email=f"senki.{number}@example.com")

    _until_limited(stranger, forget)
    yield "recovery: too many requests from one network"

    strict.change(
        "UPDATE register_customer SET status = 'blocked'"
        f" WHERE customer_number = '{anna.person.number}'"
    )
    anna.log_in()
    _look_over_the_shoulder(customer, anna)
    yield "login: the right password of who is blocked"


def _until_limited(customer: Customer, step) -> None:
    """Another hour, or another ten minutes, may begin on the way."""
    for number in range(12):
        step(number)
        if customer.status == 429:
            return
    raise AssertionError(f"no limit at {customer.path} ({customer.status}): {customer.text}")


def what_the_register_says(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    account = f"(SELECT id FROM account WHERE email = '{customer.email}')"
    customer.server.change(
        "INSERT INTO renumbering (account_id, old_customer_number, at)"
        f" VALUES ({account}, 'REGI123', {int(time.time() * 1000)})"
    )
    customer.open("/fiok")
    yield "home with a new customer number"
    customer.server.change(
        "UPDATE register_customer SET status = 'closed'"
        f" WHERE customer_number = '{customer.person.number}'"
    )
    customer.open("/fiok")
    yield "home of who has no policy any more"


def time_limits(customer: Customer, customers) -> Iterator[str]:
    customer.open("/idokorlat")
    yield "time limit: nothing runs"
    customer.go_to_code()
    customer.open("/idokorlat")
    yield "time limit of a registration"
    customer.press_in_form("/idokorlat")
    yield "time limit of a registration, more of it"
    anna = _instead_of(customer, customers, customer.server)
    anna.become_a_user()
    anna.open("/idokorlat")
    yield "time limit of a session"
    anna.open("/fiok/levelezesi-cim")
    anna.type("email", "levelek@example.com")
    anna.server.change("UPDATE session SET last_used_at = 1")
    anna.press("email")
    yield "login, because the time was over"
    anna.log_in()
    anna.must_be_at("/fiok/levelezesi-cim")
    yield "the form as it was"


def address_on_file(customer: Customer, customers) -> Iterator[str]:
    anna = customers.someone(email_on_file=True, **customer.wishes)
    anna.go_to_email()
    with anna.page.expect_navigation():
        anna.page.locator('[name="useAddressOnFile"]').click()
    _look_over_the_shoulder(customer, anna)
    yield "email: the address on file is chosen"


def one_login_at_a_time(customer: Customer, customers) -> Iterator[str]:
    strict = customers.server_with(BELEPO_SESSIONS_PER_ACCOUNT="1")
    anna = _instead_of(customer, customers, strict)
    anna.become_a_user()
    elsewhere = customers.someone(person=anna.person, server=strict, **customer.wishes)
    elsewhere.email = anna.email
    elsewhere.log_in()
    _look_over_the_shoulder(customer, elsewhere)
    yield "home: the oldest login has ended"
    anna.open("/fiok")
    _look_over_the_shoulder(customer, anna)
    yield "login after the session has ended"


def declarations(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.open("/fiok/nyilatkozatok")
    yield "declarations"
    for details in customer.page.locator("main details").all():
        details.locator("summary").click()
    yield "declarations, every text opened"
    answer = customer.page.locator("button#marketing")
    for what in ("given", "withdrawn"):
        with customer.page.expect_navigation():
            answer.click()
        yield f"declarations, one {what}"
    customer.page.evaluate("document.querySelector('[name=version]').value = 'earlier'")
    with customer.page.expect_navigation():
        answer.click()
    yield "error declarations: the words have changed"


def new_documents(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.server.change(
        "INSERT INTO declared_text (version, kind, language, body) VALUES"
        f" ('earlier-{customer.email}', 'notice', 'hu', '<h1>Tájékoztató</h1>')"
    )
    customer.server.change(
        "INSERT INTO declaration (account_id, kind, version, is_accepted, channel, declared_at)"
        f" SELECT id, 'notice', 'earlier-{customer.email}', 1, 'portal', 0 FROM account"
        f" WHERE email = '{customer.email}'"
    )
    customer.open("/fiok")
    customer.must_be_at("/fiok/elfogadas")
    yield "a new version to accept"
    customer.page.locator("main details summary").click()
    yield "a new version, read"
    customer.press("notice")
    yield "error a new version, not accepted"
    customer.page.check("#notice")
    customer.press("notice")
    customer.must_be_at("/fiok")
    yield "a new version, accepted"


def data_rights(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.open("/fiok/adataim")
    yield "data"
    customer.press("password")
    yield "error data: erasure without the password"
    customer.submit(password="Valami99")
    yield "error data: erasure with a wrong password"
    customer.ask_for_copy()
    yield "data: a copy is asked for"
    customer.submit(password=customer.password)
    yield "data: erasure is asked for too"


def contract_and_its_end(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.open("/fiok/szerzodes")
    yield "contract"
    customer.open("/fiok/szerzodes/felmondas")
    yield "end of the contract"
    customer.press("password")
    yield "error end of the contract, nothing filled in"
    customer.page.check("#confirm")
    customer.submit(password="Valami99")
    yield "error end of the contract: wrong password"
    customer.submit(password=customer.password)
    customer.must_be_at("/bejelentkezes")
    yield "the contract has ended"
    customer.log_in()
    yield "error login after the contract has ended"


def another_user_name(customer: Customer, customers) -> Iterator[str]:
    neighbour = customers.at_desk(server=customer.server)
    neighbour.become_a_user()
    customer.become_a_user()
    customer.open("/fiok/felhasznalonev")
    for email, what in ((customer.email, "the present one"), (neighbour.email, "taken")):
        customer.submit(email=email, password=customer.password)
        yield f"error /fiok/felhasznalonev: {what}"
    yield from _another_address(customer, "/fiok/felhasznalonev")
    undo_code = _confirm_user_name(customer)
    yield "profile with another user name"

    customer.open("/cim-visszaallitas")
    yield "undo"
    customer.press("email")
    yield "error undo, nothing filled in"
    for typed in ("KKK", "KKKKKK"):
        customer.submit(email=customer.email, code=typed)
        yield f"error undo: wrong code {typed}"
    customer.submit(code=undo_code)
    yield "undo: done"

    late = _instead_of(customer, customers, customer.server)
    late.become_a_user()
    late.open("/fiok/felhasznalonev")
    late.submit(email=f"uj.{late.email}", password=late.password)
    undo_code = _confirm_user_name(late)
    late.server.change(
        f"UPDATE account SET email = '{late.email}' WHERE email = '{neighbour.email}'"
    )
    late.open("/cim-visszaallitas")
    late.submit(email=late.email, code=undo_code)
    yield "undo: somebody else has the user name by now"


def _confirm_user_name(customer: Customer) -> str:
    """Answers with the code in the letter to the old address."""
    letters = len(customer.server.delivered_messages(customer.email))
    code = customer.server.wait_for_code(f"uj.{customer.email}", customer.shown_prefix())
    customer.submit(code=code[1:])
    customer.must_be_at("/fiok/adatok")
    return customer.server.wait_for_code(customer.email, "", letters)


def another_address_for_letters(customer: Customer, _) -> Iterator[str]:
    path = "/fiok/levelezesi-cim"
    customer.become_a_user()
    customer.open("/fiok/adatok")
    yield "profile"
    yield from _another_address(customer, path)
    code = customer.server.wait_for_code(f"uj.{customer.email}", customer.shown_prefix())
    customer.submit(code=code[1:])
    yield "profile with an address for letters"
    customer.open(path)
    yield "an address for letters that can be removed"
    for password in ("Valami99", customer.password):
        customer.type("password", password)
        with customer.page.expect_navigation():
            customer.page.locator('button[name="remove"]').click()
        is_removed = password == customer.password
        yield "profile as it was" if is_removed else f"error {path}: removed with a wrong password"


def _another_address(customer: Customer, path: str) -> Iterator[str]:
    """Up to the page of the code, where a good one can be typed."""
    page_of_code, resend = f"{path}/megerosites", f"{path}/uj-kod"
    new = f"uj.{customer.email}"
    customer.open(path)
    yield f"{path}: another address"
    customer.press("email")
    yield f"error {path}: nothing filled in"
    customer.submit(email=new, password="Valami99")
    yield f"error {path}: wrong password"
    customer.submit(email=new, password=customer.password)
    customer.must_be_at(page_of_code)
    yield page_of_code
    code = customer.server.wait_for_code(new, customer.shown_prefix())
    yield from _refused_codes(customer, code, resend, "address_change")
    for waiting in (path, "/fiok/adatok", "/fiok"):
        customer.open(waiting)
        yield f"{waiting} while an address waits"
    customer.open(page_of_code)
    yield from _expired_code(customer, page_of_code, resend, "address_change")


def own_password(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.open("/fiok/jelszo")
    yield "new password"
    customer.press("currentPassword")
    yield "error new password, nothing filled in"
    for present, password, again, what in (
        ("Valami99", NEW_PASSWORD, NEW_PASSWORD, "the old one is wrong"),
        (customer.password, NEW_PASSWORD, "Napraforgo32", "two different ones"),
        (customer.password, "napra", "napra", "it will not do"),
        (customer.password, customer.password, customer.password, "the old one again"),
        (customer.password, NEW_PASSWORD, NEW_PASSWORD, ""),
    ):
        customer.submit(currentPassword=present, password=password, passwordAgain=again)
        yield f"error new password: {what}" if what else "new password saved"
    customer.press_in_form("/kijelentkezes")
    yield "logged out"


def step_up(customer: Customer, _) -> Iterator[str]:
    """Proving once more who it is, before what a thief would do first."""
    page, sending = "/fiok/biztonsagi-kod", "/fiok/biztonsagi-kod/uj-kod"
    customer.become_a_user()
    customer.open("/fiok/levelezesi-cim")
    customer.let_time_pass_since_the_login()
    customer.submit(email="masik@example.com", password=customer.password)
    customer.must_be_at(page)
    yield "security code: not asked for"
    before = customer.sms_count()
    customer.press_in_form(sending)
    yield "security code"
    code = customer.server.wait_for_code(customer.person.digits, customer.shown_prefix(), before)
    yield from _refused_codes(customer, code, sending, "session")
    customer.open(page)
    yield from _expired_code(customer, page, sending, "session")
    code = customer.server.wait_for_code(
        customer.person.digits, customer.shown_prefix(), before + 1
    )
    customer.submit(code=code[1:])
    customer.must_be_at("/fiok/levelezesi-cim")
    assert customer.value("email") == "masik@example.com" and not customer.value("password")
    yield "the form as it was before the security code"
    customer.server.change(
        "UPDATE register_customer SET sms_number = NULL"
        f" WHERE customer_number = '{customer.person.number}'"
    )
    customer.let_time_pass_since_the_login(601)
    customer.open("/fiok/adataim")
    customer.must_be_at(page)
    yield "security code: no number to send it to"


def step_up_limits(customer: Customer, customers) -> Iterator[str]:
    page, sending = "/fiok/biztonsagi-kod", "/fiok/biztonsagi-kod/uj-kod"
    # The registration's own two messages fit into the budget.
    poor = customers.server_with(BELEPO_LIMITS_SMS_PER_HOUR="2")
    anna = _instead_of(customer, customers, poor)
    anna.become_a_user()
    anna.let_time_pass_since_the_login()
    anna.open(page)
    anna.visit.expected.add(503)
    anna.press_in_form(sending)
    yield "security code: paused for everybody"

    strict = customers.server_with(
        BELEPO_LIMITS_SMS_FAILURES_PER_CUSTOMER="1", BELEPO_LIMITS_SMS_PER_CUSTOMER_PER_DAY="1"
    )
    bela = _instead_of(customer, customers, strict)
    bela.become_a_user()
    bela.let_time_pass_since_the_login()
    bela.open(page)
    bela.press_in_form(sending)
    strict.change(
        "UPDATE session SET code_sent_at = code_sent_at - 61000 WHERE code_sent_at IS NOT NULL"
    )
    bela.open(page)
    bela.press_in_form(sending)
    yield "security code: no more messages today"
    bela.open(page)
    bela.submit(code="00000")
    bela.must_be_at(page)
    yield "security code: the SMS step is disabled"


def recovery(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.forget_cookies()
    customer.page.goto(f"/elfelejtett-jelszo?nyelv={customer.language}")
    yield "recovery"
    customer.press("email")
    yield "error recovery, nothing filled in"
    letters = len(customer.server.delivered_messages(customer.email))
    customer.submit(email=customer.email)
    yield "recovery: new password"
    customer.press("code")
    yield "error recovery: new password, nothing filled in"
    code = customer.server.wait_for_code(customer.email, customer.shown_prefix(), letters)
    for typed, password, again, what in (
        (wrong(code), NEW_PASSWORD, NEW_PASSWORD, "wrong code"),
        (code, NEW_PASSWORD, "Napraforgo32", "two different passwords"),
        (code, "napra", "napra", "a password that will not do"),
        (code, customer.password, customer.password, "the old password"),
        (code, NEW_PASSWORD, NEW_PASSWORD, ""),
    ):
        customer.submit(code=typed, password=password, passwordAgain=again)
        yield f"error recovery: {what}" if what else "recovered"
    customer.open("/elfelejtett-jelszo/uj-jelszo")
    yield "recovery: done"


def recovery_out_of_turn(customer: Customer, customers) -> Iterator[str]:
    hasty = customers.server_with(BELEPO_CODES_RECOVERY_LIFETIME="5m")
    bela = _instead_of(customer, customers, hasty)
    bela.open("/elfelejtett-jelszo/uj-jelszo")
    yield "recovery: not begun"
    bela.open("/elfelejtett-jelszo")
    bela.submit(email=bela.email)
    for _ in range(5):
        bela.submit(code="22222", password=NEW_PASSWORD, passwordAgain=NEW_PASSWORD)
    yield "error recovery: no tries left"
    bela.ask_for_a_code_just_sent("/elfelejtett-jelszo/uj-kod", "recovery")
    yield "error recovery: too soon for another letter"
    hasty.change("UPDATE recovery SET code_sent_at = 1")
    bela.open("/elfelejtett-jelszo/uj-jelszo")
    bela.press_in_form("/elfelejtett-jelszo/uj-kod")
    yield "recovery: another letter"
    hasty.change("UPDATE recovery SET expires_at = 1, code_expires_at = 1")
    bela.open("/elfelejtett-jelszo/uj-jelszo")
    yield "recovery: over"
    bela.follow('main a[href="/elfelejtett-jelszo"]')
    yield "recovery: the address filled in"


def dead_ends(customer: Customer, customers) -> Iterator[str]:
    for path in (
        "/regisztracio/telefonszam",
        "/regisztracio/email",
        "/regisztracio/jelszo",
        "/regisztracio/sikeres",
        "/megerosites",
        "/fiok",
        "/elfelejtett-jelszo/uj-jelszo",
    ):
        customer.open(path)
        yield f"out of the blue at {path}"

    customer.go_to_code()
    customer.forget_cookies()
    customer.page.goto(f"/?nyelv={customer.language}")
    customer.page.go_back()
    yield "the registration is forgotten"

    member = customers.at_desk(language=customer.language)
    member.become_a_user()
    customer.person, sent = member.person, member.sms_count()
    customer.go_to_identity()
    customer.identify()
    sms = customer.server.wait_for_message(customer.person.digits, after=sent)
    customer.enter_sms_code(sms.code(customer.shown_prefix())[1:])
    yield "already registered"


def limits(customer: Customer, customers) -> Iterator[str]:
    """Where something ends: each limit is so small here that one step reaches it."""
    limited = customers.server_with(
        BELEPO_LIMITS_SMS_FAILURES_PER_CUSTOMER="1",
        BELEPO_LIMITS_SMS_PER_REGISTRATION="1",
        BELEPO_LIMITS_SMS_PER_NUMBER_PER_DAY="2",
        BELEPO_LIMITS_MISMATCHES_PER_NUMBER_PER_HOUR="3",
        BELEPO_LIMITS_TAKEN_EMAILS_PER_REGISTRATION="1",
        BELEPO_CODES_SMS_RESEND_AFTER="1s",
    )

    def someone(person=None, server=limited) -> Customer:
        return _instead_of(customer, customers, server, person)

    anna = someone()
    anna.go_to_code()
    yield "the last message of a registration"
    anna.open("/regisztracio")
    yield "identification while a registration is under way"
    anna.open("/regisztracio/telefonszam")
    anna.enter_sms_code(wrong(anna.sms_code())[1:])
    yield "the SMS step is disabled"

    bela = someone()
    for visitor in (bela, someone(person=bela.person), someone(person=bela.person)):
        visitor.go_to_identity()
        visitor.identify()
    yield "too many messages today"

    stranger = someone()
    stranger.go_to_identity()
    _until_limited(stranger, lambda _: stranger.identify(number="9999999"))
    yield "too many tries"

    neighbour = someone()
    neighbour.register()
    cecil = someone()
    cecil.go_to_email()
    cecil.give_email(neighbour.email)
    yield "too many addresses of others"

    david = someone()
    david.go_to_email()
    limited.change("UPDATE registration SET expires_at = 1")
    david.open("/regisztracio/email")
    yield "the registration is expired"

    eva = someone()
    eva.go_to_email()
    limited.change(
        f"UPDATE register_customer SET status = 'blocked' "
        f"WHERE customer_number = '{eva.person.number}'"
    )
    eva.give_email()
    eva.choose_password()
    yield "the register has changed"

    suspicious = customers.server_with(BELEPO_LIMITS_SMS_FAILURES_PER_DAY="1")
    ferenc = someone(server=suspicious)
    ferenc.go_to_code()
    ferenc.enter_sms_code(wrong(ferenc.sms_code())[1:])
    ferenc.visit.expected.add(503)
    ferenc.open("/regisztracio/telefonszam")
    ferenc.enter_sms_code(ferenc.sms_code()[1:])
    yield "the SMS step is paused for everybody"


def refusals(customer: Customer, customers) -> Iterator[str]:
    """What a request can come to that is not as it should be, or meets a fault of ours."""
    customer.go_to_identity()
    customer.visit.context.clear_cookies(name="__Host-visitor")
    customer.press("mobileNumber")
    yield "a page that is out of date"
    customer.open("/kijelentkezes")
    yield "a page that cannot be opened like this"
    customer.go_to_identity()
    customer.choose_kind("policy")
    customer.type("policyNumber", "1" * 20_000)
    customer.press("mobileNumber")
    yield "too much data"

    broken = customers.server_with()
    unlucky = _instead_of(customer, customers, broken)
    unlucky.visit.expected |= {500, 503}
    unlucky.go_to_identity()
    unlucky.fill_in_identity()
    with broken.locked():
        unlucky.press("mobileNumber")
    yield "out of order for now"
    broken.change("DROP TABLE event_count")
    unlucky.go_to_identity()
    unlucky.identify()
    yield "a fault of ours"


def _instead_of(customer: Customer, customers, server, person=None) -> Customer:
    """Another person at another server, at whose page is looked from now on."""
    visitor = customers.someone(person=person, server=server, **customer.wishes)
    _look_over_the_shoulder(customer, visitor)
    return visitor


def _look_over_the_shoulder(customer: Customer, other: Customer) -> None:
    customer.page, customer.visit = other.page, other.visit


STRETCHES = [
    public_pages,
    identification,
    sms_code,
    email_and_declarations,
    password,
    freemail,
    login_and_confirmation,
    home_and_devices,
    login_with_a_code,
    account_limits,
    what_the_register_says,
    time_limits,
    address_on_file,
    one_login_at_a_time,
    declarations,
    new_documents,
    data_rights,
    contract_and_its_end,
    another_user_name,
    another_address_for_letters,
    own_password,
    step_up,
    step_up_limits,
    recovery,
    recovery_out_of_turn,
    dead_ends,
    limits,
    refusals,
]
