"""The program as an insurer runs it, for stories about what no demo has: an SMS gateway.

The gateway and PostgreSQL are those of the drills.
"""

from pathlib import Path
from urllib.parse import urlsplit

from parts import SECRETS_KEY, Postgres, status_of
from ports import reserved_ports
from program import environment
from server import Message, Server
from sms_gateways import OddGateway
from waiting import wait_until

HAS_POSTGRES = any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


class ProductionServer(Server):
    """Its SMS go to `gateway`, a provider who answers as a story says; nobody takes its letters."""

    command = ("serve",)

    def __init__(self, engine: str = "sqlite", **settings: str):
        self.gateway = OddGateway()
        self._postgres: Postgres | None = None
        try:
            if engine == "postgres":
                self._postgres = Postgres()
            super().__init__(**settings)
        except BaseException:
            self._close_parts()
            raise

    def prepare(self) -> None:
        (nobodys,) = reserved_ports(1)
        provider = self.gateway.as_provider | {
            "BELEPO_SMS_HTTP_BODY": '{"number": "{number}", "text": "{text}", "key": "{key}",'
            ' "receipt": "{receipt}"}',
        }
        self.settings = {
            "BELEPO_SECRETS_KEY": SECRETS_KEY,
            "BELEPO_HTTP_PUBLIC_URL": self.url,
            "BELEPO_SMS_GATEWAY": "http",
            # A busy machine is not taken for a provider who says nothing.
            "BELEPO_SMS_TIMEOUT": "20s",
            "BELEPO_SMS_RECEIPT_URL": self.management_url,
            "BELEPO_MAIL_FROM": "portal@pelda.example",
            "BELEPO_MAIL_SMTP_PORT": str(nobodys),
            "BELEPO_MAIL_SMTP_SECURITY": "none",
            **provider,
            **self.settings,
        }
        if self._postgres:
            self.settings["BELEPO_DATABASE_URL"] = self._postgres.url
        self.import_register()

    def command_environment(self) -> dict[str, str]:
        return environment(**self.settings)

    def stop(self) -> int:
        try:
            return super().stop()
        finally:
            self._close_parts()

    def _close_parts(self) -> None:
        self.gateway.close()
        if self._postgres:
            self._postgres.close()

    def colleague(self, role: str) -> None:
        """Nobody is there who was not invited."""

    def caught(self) -> list[Message]:
        """What the provider has taken."""
        return [
            Message(each.key, "sms", each.number, "", each.text, str(each.at))
            for each in reversed(self.gateway.taken())
        ]

    def wait_for_sms(self, customer: str, state: str) -> None:
        """Until the newest code to a customer is so."""
        newest = (
            "SELECT MAX(id) FROM message"
            f" WHERE kind = 'sms_code' AND customer_number = '{customer}'"
        )
        question = f"SELECT id FROM message WHERE id = ({newest}) AND {state}"
        wait_until(lambda: self.ask(question), f"the SMS has {state}", pause=0.2)

    def report(self, number: str, state: str) -> None:
        """The provider tells what has become of the message that it took for a number."""
        (request,) = self.gateway.taken(number)
        url = urlsplit(request.fields["receipt"])
        assert status_of(url.port, f"{url.path}?state={state}") == 200

    def ask(self, question: str) -> list:
        if not self._postgres:
            return super().ask(question)
        return [next(iter(row.values())) for row in self._postgres.rows(question)]

    def change(self, statement: str) -> None:
        if not self._postgres:
            super().change(statement)
            return
        self._postgres.psql(statement)
