"""Every page and every error state there is, each reached the way people reach it.

A stretch walks through one part of the portal and stops wherever there is something to look at. The
stops are yielded as short names; whoever walks along looks at `customer.page`.
"""

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
    customer.press_in_form("/regisztracio/telefonszam/uj-kod")
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
    code = customer.email_code()
    customer.confirm_email("")
    yield "error confirmation: nothing"
    customer.confirm_email("AB")
    yield "error confirmation: too short"
    customer.confirm_email(wrong(code)[1:])
    yield "error confirmation: wrong"
    customer.press_in_form("/megerosites/uj-kod")
    yield "error confirmation: asked for another one too early"
    customer.open("/megerosites/email-cim")
    yield "mistyped address"
    customer.press("email")
    yield "error mistyped address, nothing filled in"
    for path in ("/fiok", "/fiok/adatok"):
        customer.open(path)
        yield f"{path} before confirmation"
    customer.open("/megerosites")
    customer.confirm_email(code[1:])
    yield "portal, for the first time"


def portal(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    for path in (
        "/fiok",
        "/fiok/adatok",
        "/fiok/nyilatkozatok",
        "/fiok/biztonsag",
        "/fiok/szerzodes",
        "/fiok/levelezesi-cim",
        "/fiok/jelszo",
    ):
        customer.open(path)
        yield f"page {path}"

    customer.press("currentPassword")
    yield "error new password, nothing filled in"
    customer.type("currentPassword", "Valami99")
    customer.type("password", "Napraforgo31")
    customer.type("passwordAgain", "Napraforgo31")
    customer.press("currentPassword")
    yield "error new password: the old one is wrong"

    customer.open("/fiok/levelezesi-cim")
    customer.press("email")
    yield "error correspondence address, nothing filled in"
    customer.type("email", f"levelek.{customer.email}")
    customer.type("password", customer.password)
    customer.press("email")
    yield "correspondence address: code"
    customer.press("code")
    yield "error correspondence address: no code"

    customer.press_in_form("/kijelentkezes")
    yield "logged out"


def ledger(customer: Customer, _) -> Iterator[str]:
    """Declarations, contract, data, and the end of the contract."""
    customer.become_a_user()
    customer.open("/fiok/nyilatkozatok")
    yield "declarations"
    for details in customer.page.locator("main details").all():
        details.locator("summary").click()
    yield "declarations, every text opened"
    with customer.page.expect_navigation():
        customer.page.locator("button#marketing").click()
    yield "declarations, one given"
    customer.page.evaluate("document.querySelector('[name=version]').value = 'earlier'")
    with customer.page.expect_navigation():
        customer.page.locator("button#marketing").click()
    yield "error declarations: the words have changed"

    customer.open("/fiok/szerzodes")
    yield "contract"
    customer.open("/fiok/adataim")
    yield "data"
    customer.press("password")
    yield "error data: erasure without the password"
    with customer.page.expect_navigation():
        customer.page.locator('form:has([value="copy"]) button').click()
    yield "data: a copy is asked for"

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
    customer.press("notice")
    yield "error a new version, not accepted"
    customer.page.check("#notice")
    customer.press("notice")
    customer.must_be_at("/fiok")
    yield "a new version, accepted"

    customer.open("/fiok/szerzodes/felmondas")
    yield "end of the contract"
    customer.press("password")
    yield "error end of the contract, nothing filled in"
    customer.page.check("#confirm")
    customer.type("password", "Valami99")
    customer.press("password")
    yield "error end of the contract: wrong password"
    customer.type("password", customer.password)
    customer.press("password")
    customer.must_be_at("/bejelentkezes")
    yield "the contract has ended"
def addresses(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.open("/fiok/adatok")
    yield "profile"
    for path in ("/fiok/felhasznalonev", "/fiok/levelezesi-cim"):
        customer.open(path)
        yield f"{path}: another address"
        customer.press("email")
        yield f"error {path}: nothing filled in"
        customer.type("email", f"uj.{customer.email}")
        customer.type("password", "Valami99")
        customer.press("email")
        yield f"error {path}: wrong password"
        customer.type("password", customer.password)
        customer.press("email")
        yield f"{path}: code"
        customer.press("code")
        yield f"error {path}: no code"
        customer.press_in_form(f"{path}/uj-kod")
        yield f"error {path}: another code too early"
        customer.open(path)
        yield f"{path}: an address waits"
    customer.open("/fiok/adatok")
    yield "profile with addresses that wait"
    customer.open("/fiok/levelezesi-cim/megerosites")
    letters = customer.server.wait_for_message(f"uj.{customer.email}")
    customer.type("code", letters.code(customer.shown_prefix()))
    customer.press("code")
    yield "profile with an address for letters"
    customer.open("/fiok/levelezesi-cim")
    yield "an address for letters that can be removed"
    customer.open("/cim-visszaallitas")
    yield "undo"
    customer.press("email")
    yield "error undo, nothing filled in"
    customer.type("email", customer.email)
    customer.type("code", "KKKKKK")
    customer.press("email")
    yield "error undo: wrong code"


def recovery(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.forget_cookies()
    customer.page.goto(f"/elfelejtett-jelszo?nyelv={customer.language}")
    yield "recovery"
    customer.press("email")
    yield "error recovery, nothing filled in"
    letters = len(customer.server.messages(customer.email))
    customer.type("email", customer.email)
    customer.press("email")
    yield "recovery: new password"
    customer.press("code")
    yield "error recovery: new password, nothing filled in"
    code = customer.server.wait_for_message(customer.email, letters).code(customer.shown_prefix())
    for typed in (wrong(code), code):
        customer.type("code", typed)
        customer.type("password", "Napraforgo31")
        customer.type("passwordAgain", "Napraforgo31")
        customer.press("code")
        yield "error recovery: wrong code" if typed != code else "recovered"
    customer.open("/elfelejtett-jelszo/uj-jelszo")
    yield "recovery: done"


def own_password(customer: Customer, _) -> Iterator[str]:
    customer.become_a_user()
    customer.open("/fiok/jelszo")
    yield "new password"
    customer.press("currentPassword")
    yield "error new password, nothing filled in"
    customer.type("currentPassword", "Valami99")
    customer.type("password", "Napraforgo31")
    customer.type("passwordAgain", "Napraforgo31")
    customer.press("currentPassword")
    yield "error new password: the old one is wrong"
    customer.type("currentPassword", customer.password)
    customer.type("password", "Napraforgo31")
    customer.type("passwordAgain", "Napraforgo31")
    customer.press("currentPassword")
    yield "new password saved"


def recovery_out_of_turn(customer: Customer, customers) -> Iterator[str]:
    hasty = customers.server_with(BELEPO_CODES_RECOVERY_LIFETIME="5m")
    bela = customers.someone(server=hasty, **customer.wishes)
    customer.page, customer.visit = bela.page, bela.visit
    bela.open("/elfelejtett-jelszo/uj-jelszo")
    yield "recovery: not begun"
    bela.open("/elfelejtett-jelszo")
    bela.type("email", bela.email)
    bela.press("email")
    for _ in range(5):
        bela.type("code", "22222")
        bela.type("password", "Napraforgo31")
        bela.type("passwordAgain", "Napraforgo31")
        bela.press("code")
    yield "error recovery: no tries left"
    bela.press_in_form("/elfelejtett-jelszo/uj-kod")
    yield "error recovery: too soon for another letter"
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
        visitor = customers.someone(person=person, server=server, **customer.wishes)
        customer.page, customer.visit = visitor.page, visitor.visit
        return visitor

    anna = someone()
    anna.go_to_code()
    anna.page.wait_for_timeout(1100)
    anna.press_in_form("/regisztracio/telefonszam/uj-kod")
    yield "too many messages in one registration"
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
    for _ in range(4):
        stranger.identify(number="9999999")
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
    unlucky = customers.someone(server=broken, **customer.wishes)
    customer.page, customer.visit = unlucky.page, unlucky.visit
    unlucky.visit.expected |= {500, 503}
    unlucky.go_to_identity()
    unlucky.fill_in_identity()
    unlucky.page.set_default_timeout(15_000)
    with broken.locked():
        unlucky.press("mobileNumber")
    yield "out of order for now"
    broken.change("DROP TABLE event_count")
    unlucky.go_to_identity()
    unlucky.identify()
    yield "a fault of ours"


STRETCHES = [
    public_pages,
    identification,
    sms_code,
    email_and_declarations,
    password,
    freemail,
    login_and_confirmation,
    portal,
    ledger,
    addresses,
    recovery,
    own_password,
    recovery_out_of_turn,
    dead_ends,
    limits,
    refusals,
]

# Pages that the server does not have yet (J10); what is in here must fail.
TO_COME = [portal]
