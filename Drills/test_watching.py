"""What operators watch: the metrics, the alarms and the dashboard, fed by customers."""

import json
import re
import subprocess
import urllib.request

import pytest

from client import PASSWORD, Browser, alternating
from conftest import Installation
from ledger import postgres_rows
from parts import Instance
from program import ROOT
from waiting import wait_until
from watching import FILES, Prometheus

DASHBOARD = ROOT / "deploy" / "grafana" / "belepo.json"
CUSTOMERS = 3
# What a Grafana would put in the place of its own variable.
RATE_INTERVAL = "5m"


@pytest.fixture(scope="module")
def watched(postgres, ledger):
    """Two instances, Prometheus beside them, and customers who registered and made mistakes."""
    with Instance(postgres.url) as first, Instance(postgres.url) as second:
        installation = Installation(postgres_rows(postgres.url), [first, second], ledger)
        with Prometheus(first, second) as prometheus:
            addresses = alternating(first.address, second.address)
            # A rate needs a value before the change: two looks at every series.
            for _ in range(2):
                people = [installation.customer(addresses) for _ in range(CUSTOMERS)]
                for customer in people:
                    customer.become_a_user()
                make_mistakes(addresses, people[0])
                seen = 'sum(belepo_journey_steps_total{step="confirmation"})'
                wanted = total(first, second)
                wait_until(
                    lambda: [each["value"][1] for each in prometheus.query(seen)] == [str(wanted)],
                    "Prometheus has seen everybody",
                    pause=0.5,
                )
            yield installation, prometheus, people


def total(*instances) -> int:
    found = [
        re.findall(r'steps_total\{[^}]*step="confirmation"[^}]*\} (\d+)', metrics(each))
        for each in instances
    ]
    return sum(int(number) for numbers in found for number in numbers)


def make_mistakes(addresses, known) -> None:
    browser = Browser(addresses)
    browser.get("/regisztracio")
    wrong = {"kind": "customer", "customerNumber": "1", "mobilePrefix": "30", "mobileNumber": "1"}
    assert browser.post("/regisztracio", browser.page.hidden() | wrong).status == 422
    browser.get("/bejelentkezes")
    login = {"username": known.email, "password": PASSWORD + "x"}
    assert browser.post("/bejelentkezes", browser.page.hidden() | login).status == 422
    browser.close()


def metrics(instance) -> str:
    url = f"http://127.0.0.1:{instance.management_port}/metrics"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read().decode()


def test_prometheus_itself_finds_nothing_wrong_with_the_metrics(watched):
    for instance in watched[0].instances:
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=metrics(instance), text=True, capture_output=True
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_metric_has_a_sentence_about_it(watched):
    for instance in watched[0].instances:
        text = metrics(instance)
        types = set(re.findall(r"^# TYPE (\S+)", text, re.M))
        assert types == set(re.findall(r"^# HELP (\S+)", text, re.M))
        page = (ROOT / "docs/operations/metrics.md").read_text()
        missing = [name for name in types if f"`{name}" not in page]
        assert not missing, f"docs/operations/metrics.md does not know {missing}"


def test_nothing_personal_is_in_the_metrics_or_in_the_log(watched):
    """The numbers, addresses and names of those who were here are the marks."""
    installation, _, people = watched
    marks = [PASSWORD, "Próba", "Piroska", "pelda.example"]
    for customer in people:
        marks += [customer.number, customer.line, customer.email]
    for instance in installation.instances:
        # Numbers that are values and no labels can be anything.
        labels = re.findall(r"\{([^}]*)\}", metrics(instance))
        text = "\n".join(labels) + instance.log.read_text(errors="replace")
        assert not [mark for mark in marks if mark in text]


def test_a_request_can_be_followed_from_the_proxy_to_the_log(watched):
    instance = watched[0].instances[0]
    number = "0123456789abcdef0123456789abcdef"
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    browser = Browser(lambda: instance.address)
    answer = browser.get(
        "/regisztracio",
        **{"X-Request-Id": number, "traceparent": f"00-{trace}-00f067aa0ba902b7-01"},
    )
    browser.close()
    assert answer.headers["x-request-id"] == number
    assert re.fullmatch(f"00-{trace}-[0-9a-f]{{16}}-01", answer.headers["traceparent"])
    wait_until(lambda: instance.log_lines(number), "the log tells of it")
    line = json.loads(instance.log_lines(number)[0])
    assert (line["request"], line["trace"], line["status"]) == (number, trace, 200)
    assert isinstance(line["milliseconds"], float)


def test_the_line_of_a_request_tells_what_came_of_it(watched):
    lines = [
        json.loads(line)
        for instance in watched[0].instances
        for line in instance.log_lines('"outcome":"registered"')
    ]
    assert len(lines) == 2 * CUSTOMERS
    for line in lines:
        assert line["step"] == "registration.password"
        assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", line["case"])


def queries() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def test_every_query_of_the_dashboard_finds_something(watched):
    _, prometheus, _ = watched
    assert len(queries()) > 30
    for each in queries():
        # A rate is there from the second look on, which may still be to come.
        wait_until(
            lambda query=each.replace("$__rate_interval", RATE_INTERVAL): prometheus.query(query),
            f"Prometheus finds something by {each}",
            pause=1,
        )


def test_a_service_that_is_well_raises_no_alarm(watched):
    _, prometheus, _ = watched
    assert prometheus.alerts() <= set()


def test_the_rules_do_what_their_cases_say():
    for command in (["check", "rules", "belepo.rules.yml"], ["test", "rules", "belepo.rules.test.yml"]):
        done = subprocess.run(["promtool", *command], cwd=FILES, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alarm_has_a_case_and_a_run_book():
    rules = (FILES / "belepo.rules.yml").read_text()
    names = re.findall(r"alert: (\w+)", rules)
    cases = re.findall(r"- name: (\w+)", (FILES / "belepo.rules.test.yml").read_text())
    assert set(names) <= set(cases)
    books = re.findall(r"runbook: ([\w/.-]+)", rules)
    assert len(books) == len(names)
    assert not [book for book in set(books) if not (ROOT / book).exists()]
