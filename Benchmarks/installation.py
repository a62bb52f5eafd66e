"""An installation as an insurer runs it: the production configuration, a register, an SMS provider and
a mail relay."""

import base64
import contextlib
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from customers import Customer, Strangers
from engines import Embedded, Postgres
from post_office import PostOffice
from processes import PROGRAM, Server, free_port

HASHING_SECONDS = 4
# A fast machine registers more customers in an hour than an insurer pays codes for.
NO_BUDGET = {
    "BELEPO_LIMITS_SMS_PER_HOUR": "1000000",
    "BELEPO_LIMITS_SMS_PER_DAY": "10000000",
}


def run(environment, *words):
    """A command of the program, to its end."""
    done = subprocess.run([PROGRAM, *map(str, words)], env=environment, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"belepo {words[0]} ends with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def import_register(folder, environment, count):
    """The insurer's files of the first customers, each with a policy, by the program's own import."""
    customers = ["customer_number,old_customer_number,name,sms_number,email,status"]
    policies = ["policy_number,customer_number,product,status,valid_from,valid_to"]
    for number in range(count):
        one = Customer(number)
        customers.append(f"{one.customer_number},,{one.name},{one.phone},,active")
        policies.append(f"{one.policy_number},{one.customer_number},lakás,active,2024-01-01,")
    files = []
    for kind, lines in (("customers", customers), ("policies", policies)):
        file = folder / f"{kind}.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        files += [f"--{kind}", file]
    # Fewer than another measurement has left there, or other people: no guard shall object.
    guards = ("delete", "change", "owner-change", "emptied")
    passing = [word for guard in guards for word in (f"--max-{guard}-percent", "100")]
    run(environment, "register", "import", *files, *passing)


class Installation:
    def __init__(self, engine, folder, settings=None):
        self.engine = engine
        self.folder = Path(folder)
        self.post = PostOffice()
        self.strangers = Strangers()
        self._settings = settings or {}
        self._key = base64.b64encode(os.urandom(32)).decode()
        self._servers = []

    def environment(self, **more):
        """Of one instance; nothing of the caller's own is left in it but the path."""
        port = free_port()
        return {
            "PATH": os.environ["PATH"],
            "BELEPO_DATABASE_URL": self.engine.url,
            "BELEPO_SECRETS_KEY": self._key,
            "BELEPO_HTTP_PORT": str(port),
            "BELEPO_HTTP_PUBLIC_URL": f"http://localhost:{port}",
            "BELEPO_HTTP_DRAIN": "0s",
            "BELEPO_MANAGEMENT_PORT": str(free_port()),
            "BELEPO_SMS_GATEWAY": "http",
            "BELEPO_SMS_HTTP_URL": f"http://127.0.0.1:{self.post.sms_port}/send",
            "BELEPO_SMS_HTTP_BODY": '{"to": "{number}", "text": "{text}"}',
            "BELEPO_MAIL_FROM": "portal@pelda.example",
            "BELEPO_MAIL_SMTP_PORT": str(self.post.mail_port),
            "BELEPO_MAIL_SMTP_SECURITY": "none",
            **NO_BUDGET,
            **self._settings,
            **more,
        }

    def run(self, *words):
        return run(self.environment(), *words)

    def import_register(self, count):
        import_register(self.folder, self.environment(), count)

    def serve(self, **settings):
        return self._start("serve", settings)

    def dispatch(self, **settings):
        """For instances with `messages.dispatcher: separate`."""
        return self._start("dispatch", settings)

    def _start(self, command, settings):
        server = Server(self.environment(**settings), command)
        self._servers.append(server)
        return server

    def stop(self, *servers):
        """These, or all that are running."""
        for server in servers or tuple(self._servers):
            self._servers.remove(server)
            server.stop()

    def wait_until_sent(self):
        """Until no message waits: what was sent late has to be paid, too."""
        end = time.monotonic() + 120
        waiting = "SELECT count(*) FROM message WHERE state IN ('queued', 'leased')"
        while int(self.engine.value(waiting)) > 0:
            if time.monotonic() > end:
                raise RuntimeError("messages were not sent within two minutes")
            time.sleep(0.25)

    def hashing(self, seconds=HASHING_SECONDS):
        """What the program itself measures: hashes a second of all cores, and one hash's CPU."""
        answer = json.loads(self.run("password", "measure", "--seconds", seconds))
        return answer["hashesPerSecond"], answer["cpuMillisecondsOfOne"]

    def close(self):
        try:
            self.stop()
        finally:
            self.post.stop()
            self.engine.drop()


@contextlib.contextmanager
def installation(postgres_url=None, settings=None):
    """One in a temporary folder, on the embedded database or in a PostgreSQL; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="belepo-bench-") as folder:
        engine = Postgres(postgres_url) if postgres_url else Embedded(folder)
        installed = Installation(engine, folder, settings)
        try:
            yield installed
        finally:
            installed.close()
