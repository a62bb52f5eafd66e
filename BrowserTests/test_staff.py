"""Calls to the call centre, each solved in at most three clicks after the search."""

import time

import pytest

import checks
from browsing import PHONE
from customer import without_case_number, wrong
from production import HAS_POSTGRES
from sms_gateways import says
from staff import Colleague


@pytest.fixture(scope="module")
def colleagues(browser, server):
    """Each role once: a login costs a code."""
    there = {}

    def find(role: str, language: str = "hu", device=None) -> Colleague:
        key = (role, language, str(device))
        if key not in there:
            options = {"device": device} if device else {}
            there[key] = Colleague(browser, server, role, language, **options)
            there[key].log_in()
        # Who was not needed for half an hour has not gone.
        server.change(f"UPDATE staff_session SET last_used_at = {int(time.time() * 1000)}")
        return there[key]

    yield find
    complaints = [complaint for one in there.values() for complaint in one.visit.complaints]
    for one in there.values():
        one.visit.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def desk_of(browser):
    """Somebody of the staff at a server that one story has for itself."""
    there = []

    def find(server, role: str = "agent", language: str = "hu") -> Colleague:
        there.append(Colleague(browser, server, role, language))
        there[-1].log_in()
        return there[-1]

    yield find
    complaints = [complaint for one in there for complaint in one.visit.complaints]
    for one in there:
        one.visit.close()
    assert not complaints, "\n".join(complaints)


def case_of(customer) -> str:
    customer.go_to_identity()
    customer.identify(**customer.mistake)
    assert customer.status == 422
    return customer.case_number()


MISTAKES = {
    "the old number": ("3000801", {"number": "0012345"}, "Új ügyfélszámlaszáma van"),
    "another phone": ("3000104", {"mobile": "5550999"}, "ennek vége: 04"),
    "no phone on file": ("3000301", {"prefix": "30", "mobile": "1112222"}, "Még nincs nálunk"),
    "a number that is not texted": (
        "3000311",
        {"prefix": "30"},
        "A nálunk lévő számra nem megy SMS",
    ),
    "blocked": ("3000901", {}, "visszahívjuk"),
    "deceased": ("3000911", {}, "Ne mondja meg, mi áll a nyilvántartásban"),
    "closed": ("3000921", {}, "Nincs élő szerződése"),
    "a number that nobody has": ("3000701", {"number": "9999999"}, "Ellenőrizzük együtt"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_failed_match_is_explained_under_the_case_number(mistake, customers, people, colleagues):
    number, typed, say = MISTAKES[mistake]
    caller = customers.someone(person=people[number])
    caller.mistake = typed
    case = case_of(caller)
    agent = colleagues("agent")
    agent.search(case)
    agent.open_first()
    agent.solves(say)
    assert not checks.everything(agent)


# The same number, as two people write it, for two customers.
OF_TWO = {
    "customer": """\
88-10x12,,Első Elek,06 30 555 8801,,active
8810X12,,Második Mária,06 30 555 8802,,active
""",
    "policy": """\
KT-2024/770088,1234567,lakásbiztosítás,active,2024-01-01,
kt 2024 770088,2345678,lakásbiztosítás,active,2024-01-01,
""",
}
TYPED = {"customer": "8810x12", "policy": "KT2024-770088"}


@pytest.mark.parametrize("kind", OF_TWO)
def test_a_number_of_two_customers_matches_nobody_and_the_case_says_so(
    kind, customers, people, server_with, desk_of
):
    server = server_with()
    file = "customers" if kind == "customer" else "policies"
    assert "An earlier line with the same" in server.import_register(**{file: OF_TWO[kind]})
    texts = {}
    # Whoever of the two it is, and whoever has a number that nobody has: the page is the same.
    owners = [("30", "5558801"), ("30", "5558802")]
    if kind == "policy":
        owners = [(people[number].prefix, people[number].line) for number in ("1234567", "2345678")]
    for prefix, line in owners:
        caller = customers.someone(server=server)
        caller.go_to_identity()
        caller.identify(kind, "9999999", prefix, line)
        texts[without_case_number(caller.text)] = "nobody's"
        caller.identify(kind, TYPED[kind], prefix, line)
        assert caller.status == 422
        texts[without_case_number(caller.text)] = "of two"
        assert not server.delivered_messages(prefix + line)
    assert len(texts) == 1, texts

    case = caller.case_number()
    agent = desk_of(server)
    agent.search(case)
    agent.open_first()
    assert "A nyilvántartás ezt a számot több ügyfélhez is megadja" in agent.text
    agent.solves("A számot nálunk kell rendezni. Addig próbálja a másikkal")
    assert not checks.everything(agent)


def locked_out(customers, server):
    """Somebody who has typed so many wrong codes that the SMS step is disabled."""
    caller = customers.someone(server=server)
    caller.go_to_code()
    code = caller.sms_code()
    for _ in range(3):
        caller.enter_sms_code(wrong(code)[1:])
    return caller


THREE_WRONG = {"BELEPO_LIMITS_SMS_FAILURES_PER_CUSTOMER": "3"}


def test_a_locked_sms_step_is_opened_by_a_supervisor(customers, server_with, desk_of):
    server = server_with(**THREE_WRONG)
    caller = locked_out(customers, server)
    boss = desk_of(server, "supervisor")
    boss.search(caller.person.number)
    boss.open_first()
    boss.solves("Küldök egy kódot a telefonjára")
    boss.do("sms_step")
    boss.is_done()
    caller.forget_cookies()
    caller.go_to_code()


def test_a_locked_sms_step_opens_with_the_code_that_the_caller_reads_out(
    customers, server_with, desk_of
):
    server = server_with(**THREE_WRONG)
    caller = locked_out(customers, server)
    before = caller.sms_count()
    agent = desk_of(server)
    agent.search(caller.person.number)
    agent.open_first()
    agent.solves("Küldök egy kódot a telefonjára")
    agent.do_by_code("sms_step", lambda: caller_code(caller, after=before))
    agent.is_done()
    assert "A hívónál van a telefon" in agent.text
    caller.forget_cookies()
    caller.go_to_code()


def caller_code(caller, after: int) -> str:
    """What a caller reads out who has the phone."""
    sms = caller.server.wait_for_message(caller.person.digits, after=after)
    return next(word for word in sms.text.split() if word.isdigit())


def test_a_caller_who_is_somebody_else_gets_nothing(customers, colleagues):
    caller = customers.someone()
    caller.become_a_user()
    before = caller.sms_count()
    agent = colleagues("agent")
    agent.search(caller.email)
    agent.open_first()
    agent.do_by_code("login_counts", lambda: wrong(caller_code(caller, after=before)))
    agent.is_done("A bemondott kód nem egyezik")
    assert not checks.everything(agent)
    agent.back_to_the_case()
    agent.do("new_proof", reason="más hívott")
    assert "Megtörtént" in agent.text
    assert "új regisztrációig zárolva" in agent.text


def test_a_letter_in_the_spam_and_a_mistyped_address(customers, colleagues, server):
    caller = customers.someone()
    caller.register()
    server.delivered_messages(caller.email)
    boss = colleagues("supervisor")
    boss.search(caller.person.digits)
    boss.open_first()
    boss.solves("levélszemét")
    boss.do("correct_email", email="helyes." + caller.email)
    boss.is_done()
    assert server.wait_for_message("helyes." + caller.email)


ENGINES = [
    "sqlite",
    pytest.param(
        "postgres",
        marks=pytest.mark.skipif(not HAS_POSTGRES, reason="scripts/install-postgres was not run"),
    ),
]


def is_gone(gateway, number: str) -> None:
    gateway.stop()


def refuses(gateway, number: str) -> None:
    gateway.answer(number, says(422, '{"status": "rejected"}'))


# What the provider does, what has become of the message when the agent looks, and what to say.
NO_SMS = {
    "the gateway is down": (
        is_gone,
        "state = 'queued' AND problem IS NOT NULL",
        "Az SMS-küldés most akadozik",
    ),
    "the network refuses it": (refuses, "state = 'failed'", "nem kézbesítette az SMS-t"),
    "nobody takes it in time": (is_gone, "state = 'expired'", "A kód nem ment el időben"),
}
SHORT = {"nobody takes it in time": {"BELEPO_CODES_SMS_LIFETIME": "5s"}}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("trouble", NO_SMS)
def test_an_sms_that_did_not_come_is_explained(
    trouble, engine, customers, in_production, desk_of
):
    happens, state, say = NO_SMS[trouble]
    server = in_production(engine, **SHORT.get(trouble, {}))
    agent = desk_of(server)
    caller = customers.someone(server=server)
    happens(server.gateway, "+36" + caller.person.digits)
    caller.go_to_code()
    server.wait_for_sms(caller.person.number, state)
    assert not server.messages(caller.person.digits)
    agent.search(caller.person.number)
    agent.open_first()
    agent.solves(say)


# What the provider reports later, and what the agent says then.
REPORTS = {"delivered": "A telefonján ott van az SMS", "failed": "nem kézbesítette az SMS-t"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("report", REPORTS)
def test_an_sms_on_its_way_is_explained_until_the_network_reports(
    report, engine, customers, in_production, desk_of
):
    server = in_production(engine)
    agent = desk_of(server)
    caller = customers.someone(server=server)
    caller.go_to_code()
    server.wait_for_sms(caller.person.number, "state = 'sent'")
    agent.search(caller.person.number)
    agent.open_first()
    agent.solves("Az SMS úton van")
    server.report("+36" + caller.person.digits, report)
    agent.search(caller.person.number)
    agent.open_first()
    agent.solves(REPORTS[report])
    if report == "delivered":
        caller.enter_sms_code()
        caller.must_be_at("/regisztracio/email")


def test_too_many_codes_today_are_lifted_by_a_supervisor(customers, server_with, desk_of):
    server = server_with(BELEPO_LIMITS_SMS_PER_CUSTOMER_PER_DAY="1")
    caller = customers.someone(server=server)
    caller.go_to_code()
    server.delivered_messages(caller.person.digits)
    number = caller.person.number
    caller.let_time_pass_since_the_code()
    caller.open("/regisztracio/telefonszam")
    caller.press_in_form("/regisztracio/telefonszam/uj-kod")
    boss = desk_of(server, "supervisor")
    boss.search(number)
    boss.open_first()
    boss.solves("Ekkor kérhet újra kódot")
    boss.do("sms_counts")
    boss.is_done()
    caller.open("/regisztracio/telefonszam")
    before = caller.sms_count()
    caller.press_in_form("/regisztracio/telefonszam/uj-kod")
    assert server.wait_for_message(caller.person.digits, after=before)


def test_too_many_wrong_passwords_are_forgotten_for_the_owner(customers, colleagues):
    caller = customers.someone()
    caller.become_a_user()
    caller.forget_cookies()
    for _ in range(5):
        caller.log_in(password="Rossz1jelszo")
    boss = colleagues("supervisor")
    boss.search(caller.email)
    boss.open_first()
    boss.solves("kérjen újat az oldalon")
    boss.do("login_counts")
    boss.is_done()
    # The pause is over at once, and not only on the screen of the desk: a pause would be a 429.
    caller.log_in()
    assert caller.status == 200


def test_a_renumbered_customer_is_found_by_the_number_on_the_old_letter(
    customers, server_with, desk_of
):
    server = server_with()
    caller = customers.someone(server=server)
    caller.become_a_user()
    old, new = caller.person.number, "7990011"

    def renumbered(name: str, text: str) -> str:
        if name == "policies":
            return text.replace(f",{old},", f",{new},")
        assert f"\n{old}," in text
        # What was the old number before stays one, behind a space.
        space = " " if caller.person.old_numbers else ""
        return text.replace(f"\n{old},", f"\n{new},{old}{space}")

    server.import_register(renumbered)
    agent = desk_of(server)
    agent.search(old)
    assert "régi ügyfélszámlaszám" in agent.text
    agent.open_first()
    agent.solves("Az ügyfélszámlaszáma megváltozott")


def test_a_changed_phone_is_explained_and_works_once_the_register_has_it(
    customers, server_with, desk_of
):
    server = server_with()
    caller = customers.someone(server=server)
    person = caller.person
    caller.mistake = {"prefix": "70", "mobile": "5557799"}
    case = case_of(caller)
    agent = desk_of(server)
    agent.search(case)
    agent.open_first()
    # The agent tells no more of the number on file than its end.
    agent.solves(f"ennek vége: {person.digits[-2:]}")
    assert person.line not in agent.page.content()

    def moved(name: str, text: str) -> str:
        assert name == "policies" or person.mobile in text
        return text.replace(person.mobile, "06 70 555 7799")

    server.import_register(moved)
    caller.identify(**caller.mistake)
    caller.must_be_at("/regisztracio/telefonszam")
    assert server.wait_for_message("705557799")


def test_a_hijacked_mailbox_is_taken_back_by_two_people(customers, colleagues, server):
    caller = customers.someone()
    caller.become_a_user()
    boss, other = colleagues("supervisor"), colleagues("agent")
    boss.search(caller.email)
    boss.open_first()
    boss.do("user_name", reason="ellopták a postafiókját", email="uj." + caller.email)
    boss.is_done("jóváhagyására vár")
    boss.page.goto("/munkatars/jovahagyasok")
    assert "Ezt Ön kérte" in boss.text
    assert not checks.everything(boss)
    assert not server.messages("uj." + caller.email)
    with other.as_a("supervisor"):
        other.page.goto("/munkatars/jovahagyasok")
        assert "ellopták a postafiókját" in other.text
        assert not checks.everything(other)
        other.press('button[value="yes"]')
        assert "Jóváhagyta, és megtörtént" in other.text
    assert server.wait_for_message("uj." + caller.email)
    # The phone on file is told, and the thief is logged out.
    assert any(
        "felhasználóneve" in message.text or "felhasznaloneve" in message.text
        for message in server.delivered_messages(caller.person.digits)
    )
    caller.open("/fiok")
    caller.must_be_at("/bejelentkezes")


def test_a_data_request_is_answered_by_data_protection(customers, colleagues, server):
    caller = customers.someone()
    caller.become_a_user()
    caller.open("/fiok/adataim")
    caller.ask_for_copy()
    agent = colleagues("agent")
    agent.search(caller.email)
    agent.open_first()
    agent.solves("adatvédelmi munkatársunk válaszol")
    with agent.as_a("data_protection") as guardian:
        guardian.page.goto("/munkatars/adatkeresek")
        assert not checks.everything(guardian)
        guardian.press('form[action$="/adatkeresek"] button')
        guardian.clicks = 0
        guardian.open_first("adatkérés")
        with guardian.page.expect_download() as download:
            guardian.page.click('form[action$="/ugy/masolat"] button')
        assert caller.email in download.value.path().read_text(encoding="utf-8")
        guardian.press('main a[href*="mit=decline_request"]')
        assert not checks.everything(guardian)
        guardian.page.fill("#reason", "ismételt kérés")
        guardian.press("#form button.button")
        # The words for the customer are missing, and the reason is still there.
        assert not checks.everything(guardian)
        assert guardian.page.input_value("#reason") == "ismételt kérés"
        guardian.page.fill("#words", "Kérését tavaly teljesítettük.")
        guardian.press("#form button.button")
        assert "Megtörtént" in guardian.text
    letters = server.delivered_messages(caller.email)
    assert "Kérését tavaly teljesítettük." in letters[0].text
    assert "ismételt kérés" not in letters[0].text


@pytest.mark.parametrize("language", ["hu", "en"])
def test_every_page_is_free_of_barriers(language, customers, colleagues):
    stranger = customers.someone()
    stranger.mistake = {"mobile": "5550999"}
    # Whom nothing stopped is no reason in the funnel.
    case_of(stranger)
    caller = customers.someone()
    caller.become_a_user()
    caller.open("/fiok/adataim")
    caller.ask_for_copy()
    boss = colleagues("supervisor", language)
    found = []

    def look(where: str, status: int = 200) -> None:
        assert boss.visit.statuses[boss.page] == status, where
        found.extend(f"{where}: {fault}" for fault in checks.everything(boss))

    for path in ["kereses", "jovahagyasok", "attekintes", "tolcser"]:
        boss.page.goto(f"/munkatars/{path}")
        look(path)
    for path, status in {"naplo": 403, "ugy?szam=999999": 404, "nincs-ilyen": 404}.items():
        boss.page.goto(f"/munkatars/{path}")
        look(path, status)
    boss.search("senki sem hívja így")
    look("nobody found")
    boss.search(caller.person.number)
    look("hits")
    boss.open_first(words="")
    look("a look without a reason", 422)
    boss.open_first()
    look("case")
    boss.press('form[action$="/ugy/adat"] button')
    look("a value in full")
    boss.press('form[action$="/ugy/kod"] button')
    look("a code is on its way")
    boss.page.fill("#code", "nem az")
    boss.press('form[action$="/azonositas"] button')
    look("a code that cannot be one")
    boss.page.fill("#code", "000000")
    boss.press('form[action$="/azonositas"] button')
    look("a wrong code of the caller")
    boss.press('main a[href*="mit=correct_email"], main a[href*="mit=lock"]')
    look("act")
    boss.press("#form button.button")
    look("an act without a reason", 422)
    boss.page.fill("#reason", "kérte")
    boss.press("#form button.button")
    look("an act that was done")
    with boss.as_a("data_protection"):
        for path in ["naplo", "adatkeresek"]:
            boss.page.goto(f"/munkatars/{path}")
            look(path)
    assert not found


@pytest.mark.parametrize("language", ["hu", "en"])
def test_the_limits_of_staff_are_free_of_barriers(language, customers, server_with, desk_of):
    server = server_with(BELEPO_STAFF_SEARCHES_PER_HOUR="10", BELEPO_STAFF_OPENINGS_PER_HOUR="5")
    caller = customers.someone(server=server)
    agent = desk_of(server, language=language)
    found = []

    def look(where: str, status: int) -> None:
        assert agent.visit.statuses[agent.page] == status, where
        found.extend(f"{where}: {fault}" for fault in checks.everything(agent))

    def times_until_limited(act, path: str) -> int:
        """Another hour, in which all is counted anew, may begin on the way."""
        for times in range(25):
            act()
            if agent.visit.statuses[agent.page] == 429:
                return times
            assert agent.path == path and agent.visit.statuses[agent.page] == 200
        raise AssertionError(f"no limit at {path}")

    def open_once_more() -> None:
        # The last search is remembered.
        agent.page.goto("/munkatars/kereses")
        agent.open_first()

    agent.search(caller.person.number)
    assert times_until_limited(open_once_more, "/munkatars/ugy") >= 5
    look("too many cases", 429)
    nobody = "senki sem hívja így"
    assert times_until_limited(lambda: agent.search(nobody), "/munkatars/kereses") >= 9
    look("too many searches", 429)
    agent.press('form[action$="/kijelentkezes"] button')
    look("logged out", 200)
    assert not found


@pytest.mark.parametrize("language", ["hu", "en"])
def test_an_act_that_needs_the_callers_code_is_free_of_barriers(language, customers, colleagues):
    caller = customers.someone()
    agent = colleagues("agent", language)
    found = []

    def look(where: str, status: int = 200) -> None:
        assert agent.visit.statuses[agent.page] == status, where
        found.extend(f"{where}: {fault}" for fault in checks.everything(agent))

    agent.search(caller.person.number)
    agent.open_first()
    look("a case whose acts need a code")
    agent.press('main a[href*="mit=sms_step"]')
    look("an act before the code is sent")
    agent.press("#send-code")
    look("an act whose code is on its way")
    agent.press("#form button.button")
    look("an act without a code and a reason", 422)
    agent.page.fill("#reason", "kérte")
    agent.press("#form button.button")
    look("an act without a code", 422)
    for _ in range(3):
        agent.page.fill("#code", "nem az")
        agent.page.fill("#reason", "kérte")
        agent.press("#form button.button")
        look("an act with a code that cannot be one", 422)
    code = caller_code(caller, after=0)
    for _ in range(3):
        agent.page.fill("#code", wrong(code))
        agent.page.fill("#reason", "kérte")
        agent.press("#form button.button")
        look("an act with a wrong code", 422)
    # The tries are over, and only another code can be sent.
    assert agent.page.locator("#code").count() == 0
    agent.press("#send-code")
    look("an act for which another code is asked")
    assert not found


@pytest.mark.parametrize("language", ["hu", "en"])
def test_the_way_in_is_free_of_barriers(language, browser, server):
    newcomer = Colleague(browser, server, "agent", language)
    found = []

    def look(where: str, status: int) -> None:
        assert newcomer.visit.statuses[newcomer.page] == status, where
        found.extend(f"{where}: {fault}" for fault in checks.everything(newcomer))

    newcomer.page.goto(f"/munkatars/bejelentkezes?nyelv={language}")
    look("login", 200)
    newcomer.name, newcomer.password = f"nincs.ilyen.{language}", "talalgatom a jelszot"
    newcomer.log_in()
    look("a refused login", 422)
    # Each failure doubles the pause: a slow machine needs some more.
    for _ in range(12):
        newcomer.log_in()
        if newcomer.visit.statuses[newcomer.page] == 429:
            break
    look("a pause", 429)

    newcomer.page.goto(f"{server.invitation(f'uj.{language}')}&nyelv={language}")
    look("invitation", 200)
    newcomer.press("#form button.button")
    look("an invitation with nothing filled in", 422)
    newcomer.page.goto(f"/munkatars/meghivo?kulcs=nincs-ilyen&nyelv={language}")
    look("an invitation that is over", 404)
    complaints = newcomer.visit.complaints
    newcomer.visit.close()
    assert not found
    assert not complaints, "\n".join(complaints)


def test_the_keyboard_alone_leads_from_the_search_to_the_answer(customers, people, colleagues):
    caller = customers.someone(person=people["3000302"])
    caller.mistake = {"prefix": "30", "mobile": "1112222"}
    case = case_of(caller)
    agent = colleagues("agent")
    agent.page.goto("/munkatars/kereses")
    # As a browser does it: who comes by the keyboard finds the last search marked, and types on.
    while agent.page.evaluate("document.activeElement.id") != "term":
        agent.page.keyboard.press("Tab")
    agent.page.keyboard.insert_text(case)
    with agent.page.expect_navigation():
        agent.page.keyboard.press("Enter")
    while agent.page.evaluate("document.activeElement.id") != "words":
        agent.page.keyboard.press("Tab")
    agent.page.keyboard.insert_text("telefonon kérdez")
    with agent.page.expect_navigation():
        agent.page.keyboard.press("Enter")
    assert "Még nincs nálunk mobilszáma" in agent.said


def test_a_phone_shows_the_case_too(customers, colleagues):
    caller = customers.someone()
    agent = colleagues("agent", device=PHONE)
    agent.search(caller.person.number)
    agent.open_first()
    assert not checks.overflow(agent.page)


def test_the_two_sites_share_no_path(customers, server, colleagues):
    agent = colleagues("agent")
    for path in ["/munkatars/kereses", "/munkatars/ugy", "/munkatars/bejelentkezes"]:
        answer = agent.page.request.get(server.url + path)
        assert answer.status == 404
    for path in ["/regisztracio", "/bejelentkezes", "/fiok"]:
        assert agent.page.request.get(server.staff_url + path).status == 404
