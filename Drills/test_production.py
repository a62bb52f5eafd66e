"""docs/production.md and the how-tos of docs/operations, command by command.

The package is not installed here (`make drill-package` does that): the same program runs with the same
files in a folder of its own, so that the paths of an installed machine are replaced. What belongs to
the machine itself (apt-get, systemctl, chgrp) is left to `make drill-units`.
"""

import base64
import json
import os
import re
import subprocess

import pytest

from conftest import Installation
from ledger import postgres_rows, sqlite_rows, wait_until_quiet
from mail_relays import OddRelay
from parts import Folder, Instance, Postgres, import_customers
from program import ROOT, environment, program
from sms_gateways import OddGateway

OF_THE_MACHINE = ("apt-get", "systemctl", "chgrp", "umask", "install -d", "runuser")


def commands(document: str) -> list[str]:
    text = (ROOT / document).read_text()
    blocks = re.findall(r"^```\n(.*?)^```", text, re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if not line.startswith(OF_THE_MACHINE)]


class Machine:
    """A folder that stands for the machine."""

    def __init__(self):
        self.folder = Folder("machine")
        own = self.folder.path
        for each in ("etc", "lib", "doc", "backups", "bin", "lib/register"):
            (own / each).mkdir()
        os.symlink(program(), own / "bin" / "belepo")
        self.places = {
            "/etc/belepo": own / "etc",
            "/var/lib/belepo": own / "lib",
            "/var/backups/belepo": own / "backups",
            "/usr/share/doc/belepo/examples": ROOT / "deploy" / "examples",
            "/usr/lib/belepo/belepo_Wording.resources/Brand": ROOT / "Sources/Wording/Brand",
        }

    def replaced(self, text: str) -> str:
        for written, ours in self.places.items():
            text = text.replace(written, str(ours))
        return text

    def run(self, command: str, **variables: str) -> subprocess.CompletedProcess:
        own = environment(
            BELEPO_SECRETS_KEY_FILE=str(self.folder.path / "etc" / "secrets.key"), **variables
        )
        own["PATH"] = f"{self.folder.path / 'bin'}:{own['PATH']}"
        return subprocess.run(
            ["sh", "-c", self.replaced(command)],
            cwd=self.folder.path / "lib", env=own, capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.remove()


@pytest.fixture
def machine():
    with Machine() as machine:
        yield machine


def test_a_server_is_set_up_by_the_how_to(machine):
    """Up to the start, which is the unit's; what is not there is said by `check`."""
    lines = commands("docs/production.md")
    assert len(lines) >= 8, lines
    # What `run` gives each command, the how-to's shell does.
    shell = re.search(r"^runuser -u belepo -- (.*)$", (ROOT / "docs/production.md").read_text(), re.M)
    assert shell and "BELEPO_SECRETS_KEY_FILE=/etc/belepo/secrets.key" in shell.group(1).split()
    write_register(machine.folder.path / "lib" / "register")
    said = {}
    for line in lines:
        done = machine.run(line)
        name = " ".join(line.split()[:2])
        said[name] = done
        if line.startswith("cp ") and "belepo.yaml" in line:
            fill_in(machine)
        if name in ("belepo check", "belepo messages", "belepo health"):
            # No gateway, no relay, no server in this folder.
            assert done.returncode == 69, (line, done.stdout, done.stderr)
        else:
            assert done.returncode == 0, (line, done.stdout, done.stderr)
    table = said["belepo check"].stdout
    for subject in ("configuration", "brand", "database", "clock", "register"):
        assert re.search(rf"^{subject} +ready", table, re.M), table
    for subject in ("gateway", "relay"):
        assert re.search(rf"^{subject} +not ready", table, re.M), table
    assert (machine.folder.path / "backups" / "first" / "backup.json").exists()


# What `belepo check` looks at.
SUBJECTS = {"configuration", "brand", "database", "clock", "register", "gateway", "relay"}
NOWHERE = {
    "the configuration": ("configuration", 78, {"BELEPO_SMS_GATEWAY": "pigeon"}),
    "the database": ("database", 69, {"BELEPO_DATABASE_URL": "postgresql://belepo@127.0.0.1:1/belepo"}),
    "the register": ("register", 69, {"BELEPO_DATABASE_URL": "sqlite:none-yet.sqlite"}),
    "the gateway": ("gateway", 69, {"BELEPO_SMS_KANNEL_URL": "http://127.0.0.1:1/cgi-bin/sendsms"}),
    "the relay": ("relay", 69, {"BELEPO_MAIL_SMTP_PORT": "1"}),
}


@pytest.fixture(scope="module")
def complete():
    """A machine set up by the how-to, with a gateway and a relay that listen."""
    with Machine() as machine, OddGateway() as gateway, OddRelay() as relay:
        write_register(machine.folder.path / "lib" / "register")
        for line in commands("docs/production.md"):
            if line.startswith("belepo check"):
                break
            done = machine.run(line)
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            if line.startswith("cp ") and "belepo.yaml" in line:
                fill_in(machine, gateway.port, relay.port)
        yield machine, gateway


def checked(machine, **variables: str) -> tuple[int, dict[str, set[str]], str]:
    """The exit code of `belepo check`, and what it says of each subject."""
    (line,) = (line for line in commands("docs/production.md") if line.startswith("belepo check"))
    done = machine.run(line, **variables)
    said: dict[str, set[str]] = {}
    for subject, state in re.findall(r"^(\S+) +(ready|concern|not ready) ", done.stdout, re.M):
        said.setdefault(subject, set()).add(state)
    return done.returncode, said, done.stdout + done.stderr


def not_ready(said: dict[str, set[str]]) -> set[str]:
    return {subject for subject, states in said.items() if "not ready" in states}


def test_all_is_ready_where_all_is_there(complete):
    code, said, words = checked(complete[0])
    assert code == 0, words
    assert said.keys() == SUBJECTS and all("ready" in states for states in said.values()), words
    # The brand is the made-up insurer's, and nothing else is to be said.
    assert {subject for subject, states in said.items() if "concern" in states} == {"brand"}, words


@pytest.mark.parametrize("subject, exit_code, variables", NOWHERE.values(), ids=NOWHERE)
def test_what_is_not_there_is_the_only_thing_that_is_not_ready(
    subject, exit_code, variables, complete
):
    code, said, words = checked(complete[0], **variables)
    assert code == exit_code, words
    assert not_ready(said) == {subject}, words


def test_where_the_insurers_service_is_asked_its_absence_is_what_matters(complete):
    """Nobody has registered yet, and no file was ever imported."""
    machine, gateway = complete
    nothing = {"BELEPO_DATABASE_URL": "sqlite:none-yet.sqlite"}
    for port, exit_code, expected in ((gateway.port, 0, set()), (1, 69, {"register"})):
        service = {"BELEPO_REGISTER_SERVICE_URL": f"http://127.0.0.1:{port}/"}
        code, said, words = checked(machine, **nothing, **service)
        assert code == exit_code and not_ready(said) == expected, words
        assert "belepo register import" not in words


def test_a_brand_that_cannot_be_read_is_not_ready(complete):
    file = complete[0].folder.path / "etc" / "brand" / "brand.yaml"
    text = file.read_text()
    file.write_text("insurer: [")
    try:
        code, said, words = checked(complete[0])
    finally:
        file.write_text(text)
    assert code == 78 and not_ready(said) == {"brand"}, words


def test_what_listens_and_is_no_relay_is_not_ready(complete):
    machine, gateway = complete
    code, said, words = checked(machine, BELEPO_MAIL_SMTP_PORT=str(gateway.port))
    assert code == 69 and not_ready(said) == {"relay"}, words
    assert "does not greet as a mail relay" in words


def fill_in(machine, gateway: int = 1, relay: int = 1) -> None:
    """No address that is public; ports on which nobody listens, unless others are told."""
    file = machine.folder.path / "etc" / "belepo.yaml"
    text = machine.replaced(file.read_text())
    values = {
        "https://portal.example": "http://localhost:8080",
        "13013": str(gateway),
        "port: 25": f"port: {relay}",
    }
    for written, ours in values.items():
        assert written in text, written
        text = text.replace(written, ours)
    # Somebody's demo may have the usual one.
    file.write_text(text + "\nmanagement:\n  port: 1\n")


def write_register(folder) -> None:
    (folder / "customers.csv").write_text(
        "customer_number,old_customer_number,name,sms_number,email,status\n"
        "5000000,,Próba Piroska,+36302000000,,active\n"
    )
    (folder / "policies.csv").write_text(
        "policy_number,customer_number,product,status,valid_from,valid_to\n"
        "PR-000000,5000000,lakásbiztosítás,active,2024-01-01,\n"
    )


def test_every_command_of_a_document_exists():
    """Names of commands and their options, as the program itself lists them."""
    listed = subprocess.run([program(), "--experimental-dump-help"], capture_output=True, text=True)
    known = {}

    def note(command: dict, path: str) -> None:
        options = {f"--{n['name']}" for a in command.get("arguments", []) for n in a.get("names", [])}
        known[path] = options
        for each in command.get("subcommands", []):
            note(each, f"{path} {each['commandName']}")

    note(json.loads(listed.stdout)["command"], "belepo")
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    # What keys are derived for is written like a command.
    keys = (ROOT / "Sources/Cryptography/SecretKeys.swift").read_text()
    purposes = set(re.findall(r'"(belepo [^"]+)"', keys))
    unknown = []
    for file in files:
        name, text = file.name, file.read_text()
        for said in re.findall(r"(?:`|^)(belepo [a-z][^`\n]*)", text, re.M):
            if said in purposes:
                continue
            words = said.split()
            path = words[0]
            while len(words) > path.count(" ") + 1 and f"{path} {words[path.count(' ') + 1]}" in known:
                path += " " + words[path.count(" ") + 1]
            if path == "belepo":
                unknown.append(f"{name}: {said}")
            for option in re.findall(r"--[a-z-]+", said):
                if option not in known[path] | {"--help"}:
                    unknown.append(f"{name}: {said}: {option}")
    assert not unknown, "\n".join(unknown)


# Backup and restore of a database with customers in it.


@pytest.fixture(params=["embedded", "postgres"])
def kind(request):
    return request.param


def test_a_restored_database_is_the_old_one_without_what_must_not_live(kind, machine, ledger):
    with Postgres() if kind == "postgres" else Embedded() as place:
        url = place.url if kind == "postgres" else f"sqlite:{place.path}/belepo.sqlite"
        import_customers(url, 50)
        variables = {"BELEPO_DATABASE_URL": url, "DATABASE_URL": url}
        rows = place.rows if kind == "postgres" else sqlite_rows(f"{place.path}/belepo.sqlite")
        machine_key(machine)
        # No round of sealing adds a customer's salt between the backup and the look at the database.
        with Instance(url, BELEPO_LIMITS_SEAL_AFTER="3600s") as instance:
            installation = Installation(rows, [instance], ledger)
            people = [installation.customer(lambda: instance.address) for _ in range(3)]
            for each in people:
                each.become_a_user()
            wait_until_quiet(rows)
            steps = backup_commands(kind)
            done = machine.run(steps["backup"], **variables)
            assert done.returncode == 0, done.stderr
            before = contents(rows, kind)
            later = installation.customer(lambda: instance.address)
            later.become_a_user()
            assert instance.stop() == 0
        for step in steps["restore"]:
            done = machine.run(step, **variables)
            assert done.returncode == 0, (step, done.stdout, done.stderr)
        after = contents(rows, kind)
        assert after == before, differences(before, after)
        assert rows("SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL") == [{"n": 0}]
        waiting = "SELECT COUNT(*) AS n FROM message WHERE state IN ('queued', 'leased')"
        assert rows(waiting) == [{"n": 0}]
        with Instance(url) as instance:
            customer = people[0]
            customer.choose = lambda: instance.address
            customer.open("/bejelentkezes")
            fields = {"username": customer.email, "password": "Zoldalma73Korte"}
            customer.send("/bejelentkezes", fields, "/fiok")
            assert instance.stop() == 0


class Embedded(Folder):
    """An embedded database's."""

    def __init__(self):
        super().__init__("embedded")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()


def machine_key(machine) -> None:
    (machine.folder.path / "etc" / "secrets.key").write_text(base64.b64encode(bytes(range(32))).decode())


def backup_commands(kind: str) -> dict:
    """Those of docs/operations/backup.md, with somebody's name and reason."""
    lines = [line.replace("NAME", "anna").replace("WHY", "trial") for line in commands("docs/operations/backup.md")]
    if kind == "embedded":
        backup, restore = (line for line in lines if "/var/backups" in line)
        return {"backup": backup, "restore": [restore, "belepo audit verify"]}
    dump = next(place for place, line in enumerate(lines) if line.startswith("pg_dump"))
    return {"backup": lines[dump], "restore": lines[dump + 1 : dump + 4]}


# What a restore changes on purpose: it ends lives. All other columns of all tables are compared.
ENDED = {
    "account": {"code_expires_at"},
    "address_change": {"code_expires_at"},
    "recovery": {"code_expires_at", "expires_at"},
    "registration": {"expires_at"},
    "session": {"ended_at"},
    "staff_session": {"ended_at", "search"},
}
# What a server goes on to write while the backup is made, and a restore after it.
NOT_COMPARED = {
    "audit_seal": "a round seals what is a minute old; `audit verify` compares every row with it",
    "job": "when a round began, and the latest time that was known",
}
CATALOGUE = {
    "embedded": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}


def contents(rows, kind: str) -> dict[str, list]:
    """Every row of every table, but for what is named above."""
    tables = {row["name"] for row in rows(CATALOGUE[kind])}
    strange = (ENDED.keys() | NOT_COMPARED.keys()) - tables
    assert len(tables) > 30 and not strange, (tables, strange)
    found = {}
    for table in sorted(tables - NOT_COMPARED.keys()):
        found[table] = sorted(
            (
                {name: value for name, value in row.items() if name not in ENDED.get(table, ())}
                for row in rows(f"SELECT * FROM {table}")
            ),
            key=repr,
        )
    # Its own row in the trail.
    found["audit_event"] = [row for row in found["audit_event"] if row["kind"] != "restored"]
    return found


def differences(before, after) -> list[str]:
    return [table for table in before if before[table] != after[table]]


# A new key with live sessions.


def test_a_key_is_replaced_with_nobody_losing_a_session_a_form_or_a_code(postgres, ledger):
    """docs/security/keys.md: OLD, then OLD,NEW, then NEW,OLD, on one instance after the other."""
    old, new = (base64.b64encode(bytes([each] * 8 + list(range(24)))).decode() for each in (1, 2))
    with (
        Instance(postgres.url, BELEPO_SECRETS_KEY=old) as first,
        Instance(postgres.url, BELEPO_SECRETS_KEY=old) as second,
    ):
        installation = Installation(postgres_rows(postgres.url), [first, second], ledger)
        turn = [first, second]

        def choose():
            turn.reverse()
            return turn[0].address

        logged_in = installation.customer(choose)
        logged_in.become_a_user()
        waiting = installation.customer(choose)
        waiting.go_to_code()
        code = waiting.sms_code()
        form = installation.customer(choose)
        form.open("/regisztracio")
        for keys in (f"{old},{new}", f"{new},{old}"):
            for instance in (first, second):
                assert instance.stop() == 0
                instance.settings["BELEPO_SECRETS_KEY"] = keys
                instance.start()
                logged_in.open("/fiok")
                between = installation.customer(choose)
                between.become_a_user()
        waiting.send("/regisztracio/telefonszam", {"code": code[1:]}, "/regisztracio/email")
        claim = {
            "kind": "customer", "customerNumber": form.number,
            "mobilePrefix": "30", "mobileNumber": form.line,
        }  # fmt: skip
        form.send("/regisztracio", claim, "/regisztracio/telefonszam")
        logged_in.open("/fiok")
        # Left out, the old one opens no form any more, and no session has to do with it.
        stale = installation.customer(choose)
        stale.open("/regisztracio")
        for instance in (first, second):
            assert instance.stop() == 0
            instance.settings["BELEPO_SECRETS_KEY"] = new
            instance.start()
        logged_in.open("/fiok")
        for each in (logged_in, waiting, form):
            each.close()


# What the package brings along.


def test_no_link_in_the_packages_documents_is_dead(tmp_path):
    subprocess.run([ROOT / "scripts/package-documents", tmp_path], check=True)
    for folder in ("decisions", "operations", "patroni", "prometheus", "proxy", "security"):
        assert list((tmp_path / folder).iterdir()), folder
    links = {}
    for document in tmp_path.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", document.read_text()):
            if ":" not in link:
                place = document.relative_to(tmp_path).with_suffix("")
                links[f"{place}: {link.removesuffix('.md')}"] = (document.parent / link).exists()
    assert not [link for link, is_there in links.items() if not is_there]
    # They are led to where it is, and not taken out.
    for link in (
        "operations/upgrade: ../security/keys", "several-instances: patroni/patroni.yml",
        "operations/README: ../prometheus/belepo.rules.yml", "CHANGELOG: operations/backup",
    ):  # fmt: skip
        assert link in links, link


@pytest.mark.parametrize("unit", ["belepo", "belepo-backup", "belepo-dispatch", "belepo-import"])
def test_a_unit_may_do_little(unit):
    """systemd's own score, in tenths; two is what we promise."""
    file = ROOT / "deploy" / "systemd" / f"{unit}.service"
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(file)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_the_man_page_tells_of_every_command(tmp_path):
    page = tmp_path / "belepo.1"
    made = subprocess.run([ROOT / "scripts/man-page", program()], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    page.write_text(made.stdout)
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", page], capture_output=True, text=True,
        env=environment(MANWIDTH="80", LC_ALL="C.UTF-8"),
    )  # fmt: skip
    assert (shown.returncode, shown.stderr) == (0, "")
    for command in ("serve", "register import", "backup", "restore", "check", "account lock"):
        assert re.search(rf"^ +{command}$", shown.stdout, re.M), command


def test_the_bill_of_materials_names_what_is_linked_in():
    made = [subprocess.run([ROOT / "scripts/sbom"], capture_output=True, text=True) for _ in range(2)]
    assert made[0].returncode == 0 and made[0].stdout == made[1].stdout
    document = json.loads(made[0].stdout)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    names = {each["name"] for each in document["components"]}
    assert {"hummingbird", "grdb.swift", "swift-nio", "libsodium", "libpq", "libsqlite3"} <= names
    # The toolchain's, which the package has linked in.
    versions = {each["name"]: each.get("version", "") for each in document["components"]}
    for name in ("swift", "swift-corelibs-foundation", "swift-foundation-icu"):
        assert re.fullmatch(r"\d+(\.\d+)+", versions[name]), name
    references = [each["bom-ref"] for each in document["components"]]
    assert len(references) == len(set(references))
