"""Mail relays: Postfix with TLS, AUTH and mailboxes, and one that answers as it is told to.

Postfix shows what a real relay says and does to a letter. Whatever it cannot be made to say comes
from `OddRelay`, which is aiosmtpd with some of its answers replaced.
"""

import asyncio
import base64
import email
import email.policy
import os
import pwd
import shutil
import socketserver
import subprocess
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from authority import Certificate
from listener import Listener
from parts import Folder, accepts_connections, end
from ports import HeldPort, reserved_ports
from post import Handed, Record, caught
from waiting import GUARD_SECONDS, wait_until

RELAY_USER = "belepo"
RELAY_PASSWORD = "titok & jelszo+1"


@dataclass(frozen=True)
class Letter:
    """A letter with its envelope, as it came over the line."""

    at: float
    sender: str
    to: tuple[str, ...]
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def key(self) -> str:
        return str(self.parsed["Message-ID"] or "").strip()

    @property
    def text(self) -> str:
        """The part that is read where no HTML is."""
        return self._content("plain")

    @property
    def html(self) -> str:
        return self._content("html")

    @property
    def files(self) -> list[bytes]:
        """What goes along with the letter."""
        return [part.get_content() for part in self.parsed.iter_attachments()]

    def _content(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        return part.get_content().replace("\r\n", "\n") if part else ""

    def handed(self, is_taken: bool) -> Handed:
        return Handed(self.at, "email", ", ".join(self.to), self.text, self.key, is_taken)


# Postfix.


class Postfix:
    """Debian's Postfix in a folder of its own: STARTTLS on one port, TLS from the first byte on
    another, AUTH on both, every address one mailbox of files.

    Its master process has to be root's; its parts work as users of their own.
    """

    MASTER = "/usr/lib/postfix/sbin/master"

    def __init__(self, certificate: Certificate, record: Record | None = None):
        self.folder = Folder("postfix")
        self.record = record
        self.starttls_port, self.tls_port = reserved_ports(2)
        self._recorded: set[str] = set()
        self._doorman = _Doorman()
        self._process: subprocess.Popen | None = None
        try:
            self._write(certificate)
            self.start()
        except BaseException:
            self.close()
            raise

    def settings(self, security: str = "starttls") -> dict[str, str]:
        port = self.tls_port if security == "tls" else self.starttls_port
        return {
            "BELEPO_MAIL_SMTP_HOST": "localhost",
            "BELEPO_MAIL_SMTP_PORT": str(port),
            "BELEPO_MAIL_SMTP_SECURITY": security,
            "BELEPO_MAIL_SMTP_USERNAME": RELAY_USER,
            "BELEPO_MAIL_SMTP_PASSWORD": RELAY_PASSWORD,
        }

    def letters(self, to: str | None = None) -> list[Letter]:
        """What is in the mailboxes, the oldest first."""
        files = sorted(self._mailbox.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        letters = []
        for file in files:
            letter = self._opened(file)
            if self.record and file.name not in self._recorded:
                self._recorded.add(file.name)
                self.record.write(letter.handed(is_taken=True))
            if to is None or to in letter.to:
                letters.append(letter)
        return letters

    def caught(self) -> list[dict]:
        """The same for the customers of client.py."""
        return [caught(each.at, each.to[0], each.text) for each in self.letters()]

    def log(self) -> str:
        path = self.folder.path / "relay.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        environment = os.environ | {"MAIL_CONFIG": str(self._configuration)}
        subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self._configuration), "check"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, check=True,
        )  # fmt: skip
        with (self.folder.path / "master.out").open("ab") as output:
            self._process = subprocess.Popen(
                [self.MASTER, "-c", str(self._configuration), "-s"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        ports = (self.starttls_port, self.tls_port)
        wait_until(
            lambda: all(accepts_connections(port) for port in ports),
            f"Postfix listens:\n{self.log()}",
        )

    def stop(self) -> None:
        end(self._process)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self.stop()
        self._doorman.close()
        self.folder.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def _configuration(self) -> Path:
        return self.folder.path / "etc"

    @property
    def _mailbox(self) -> Path:
        return self.folder.path / "mail" / "all"

    def _opened(self, file: Path) -> Letter:
        """Postfix writes the envelope on top of the letter, and a Received line."""
        raw = file.read_bytes()
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        sender = str(parsed["Return-Path"]).strip("<>")
        to = tuple(str(each) for each in parsed.get_all("X-Original-To", []))
        return Letter(file.stat().st_mtime, sender, to, raw)

    def _write(self, certificate: Certificate) -> None:
        own = self.folder.path
        for name, owner in (
            ("etc", "root"),
            ("queue", "root"),
            ("data", "postfix"),
            ("mail", "nobody"),
        ):
            (own / name).mkdir()
            shutil.chown(own / name, owner)
        nobody = pwd.getpwnam("nobody")
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": own / "queue",
            "data_directory": own / "data",
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "mail_owner": "postfix",
            "setgid_group": "postdrop",
            "shlib_directory": "/usr/lib/postfix",
            "meta_directory": "/etc/postfix",
            "myhostname": "relay.pelda.example",
            "mydestination": "",
            "mynetworks": "",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "alias_maps": "",
            "alias_database": "",
            "local_recipient_maps": "",
            "smtpd_peername_lookup": "no",
            "maillog_file": own / "relay.log",
            "maillog_file_prefixes": own,
            "virtual_mailbox_domains": "static:all",
            "virtual_mailbox_base": own / "mail",
            "virtual_mailbox_maps": "static:all/",
            "virtual_uid_maps": f"static:{nobody.pw_uid}",
            "virtual_gid_maps": f"static:{nobody.pw_gid}",
            "virtual_minimum_uid": "100",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"inet:127.0.0.1:{self._doorman.port}",
            "smtpd_sasl_security_options": "noanonymous",
            "smtpd_tls_auth_only": "yes",
            "smtpd_tls_cert_file": certificate.path,
            "smtpd_tls_key_file": certificate.key,
        }
        (own / "etc" / "main.cf").write_text(
            "".join(f"{name} = {value}\n" for name, value in settings.items())
        )
        (own / "etc" / "master.cf").write_text(
            f"""
127.0.0.1:{self.starttls_port} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:{self.tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
        )


class _Doorman:
    """Knows the one user and the password, for Postfix: the server's side of Dovecot's protocol of
    authentication, as far as PLAIN and LOGIN need it."""

    def __init__(self):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(
                    b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\n"
                    b"SPID\t1\nCUID\t1\nCOOKIE\t0123456789abcdef0123456789abcdef\nDONE\n"
                )
                mechanism, said = b"", []
                for line in self.rfile:
                    command, *parts = line.rstrip(b"\n").split(b"\t")
                    if command not in (b"AUTH", b"CONT"):
                        continue
                    if command == b"AUTH":
                        mechanism, said = parts[1], []
                        answers = [part[5:] for part in parts if part.startswith(b"resp=")]
                    else:
                        answers = parts[1:]
                    said += [base64.b64decode(answer) for answer in answers]
                    # PLAIN says all at once, LOGIN the name and then the password.
                    words = said[0].split(b"\0")[1:] if mechanism == b"PLAIN" and said else said
                    if len(words) == 2:
                        self.judge(parts[0], words)
                    else:
                        question = {b"LOGIN": [b"Username:", b"Password:"][len(said)]}
                        asked = base64.b64encode(question.get(mechanism, b""))
                        self.wfile.write(b"CONT\t%s\t%s\n" % (parts[0], asked))

            def judge(self, number: bytes, said: list[bytes]) -> None:
                is_right = said == [RELAY_USER.encode(), RELAY_PASSWORD.encode()]
                word = b"OK" if is_right else b"FAIL"
                self.wfile.write(b"%s\t%s\tuser=%s\n" % (word, number, said[0]))

        self._listener = Listener(lambda line: Handler(line.socket, None, None))
        self.port = self._listener.port

    def close(self) -> None:
        self._listener.close()


# A relay that answers as it is told to.

# The steps of a letter, in their order.
GREETING, HELLO, STARTTLS, MAIL = "greeting", "hello", "starttls", "mail"
RCPT, DATA, END = "rcpt", "data", "end"


@dataclass(frozen=True)
class Reply:
    """What the relay says at a step; without words it does something else, or nothing for ever."""

    words: str = ""
    # At the end only: whether the letter is on its way although nobody is told.
    takes: bool = False
    act: Callable[["_Conversation"], None] | None = None
    # How long it thinks about it.
    seconds: float = 0


def refuses(words: str) -> Reply:
    return Reply(words)


def takes_late(seconds: float) -> Reply:
    """The letter is taken, and the sender has given up when that is said."""
    return Reply("250 2.0.0 OK: queued at last", takes=True, seconds=seconds)


def _drop(conversation) -> None:
    conversation.transport.abort()


TAKEN_AND_DROPPED = Reply(takes=True, act=_drop)
DROPPED = Reply(act=_drop)
TAKEN_AND_HUNG = Reply(takes=True)
HUNG = Reply()
GREYLISTED = refuses("450 4.2.0 Greylisted, come back in a minute")


class OddRelay:
    """aiosmtpd, with a reply of its own for each step of each letter.

    `reply` says what the next letters to an address get at a step, `reply_all` what everybody gets
    for whom nothing is planned. At the steps before RCPT no address is known yet.
    """

    def __init__(
        self,
        record: Record | None = None,
        certificate: Certificate | None = None,
        security: str = "none",
        asks_for_password: bool = False,
        pause: float = 0,
    ):
        self.record = record
        self.security = security
        # Letters that came to their end, whatever was said then.
        self.held_out: list[Letter] = []
        self.taken: list[Letter] = []
        # Every command, as it was heard, encrypted or not.
        self.commands: list[tuple[bool, str]] = []
        self.logins: list[tuple[bool, str]] = []
        # All bytes of each connection, without their encryption.
        self.heard: list[bytearray] = []
        self.on_arrival: Callable[[Letter], None] = lambda letter: None
        self.on_taken: Callable[[Letter], None] = lambda letter: None
        self.pause = pause
        self._plans: dict[tuple[str, str], deque[Reply]] = defaultdict(deque)
        self._rules: dict[str, Reply | None | Callable[[], Reply | None]] = {}
        self._lock = threading.Lock()
        context = certificate.context() if certificate else None
        self._context = context if security == "tls" else None
        self._options = {
            "hostname": "relay.pelda.example",
            "tls_context": context if security == "starttls" else None,
            "require_starttls": security == "starttls",
            "timeout": 120,
        }
        if asks_for_password:
            self._options |= {
                "authenticator": self._judge,
                "auth_required": True,
                "auth_require_tls": security == "starttls",
            }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._port = HeldPort()
        self.port = self._port.number
        self._server: asyncio.Server | None = None
        self.conversations: set[_Conversation] = set()
        self.start()

    def settings(self, security: str | None = None) -> dict[str, str]:
        return {
            "BELEPO_MAIL_SMTP_HOST": "localhost",
            "BELEPO_MAIL_SMTP_PORT": str(self.port),
            "BELEPO_MAIL_SMTP_SECURITY": security or self.security,
        }

    def reply(self, step: str, to: str, *replies: Reply) -> None:
        with self._lock:
            self._plans[step, to].extend(replies)

    def reply_all(self, step: str, reply: Reply | None | Callable[[], Reply | None]) -> None:
        with self._lock:
            self._rules[step] = reply

    def letters(self, to: str | None = None) -> list[Letter]:
        """What was taken, the oldest first."""
        return [letter for letter in list(self.taken) if to is None or to in letter.to]

    def caught(self) -> list[dict]:
        """The same for the customers of client.py."""
        return [caught(each.at, each.to[0], each.text) for each in self.letters()]

    def tried(self, to: str) -> list[Letter]:
        """Letters that were held out, taken or not."""
        return [letter for letter in list(self.held_out) if to in letter.to]

    def asked(self, command: str) -> list[str]:
        """The commands that begin so."""
        return [line for _, line in list(self.commands) if line.upper().startswith(command)]

    def start(self) -> None:
        """Listens again, on the same port."""
        self._server = self._done(
            self._loop.create_server(
                lambda: _Conversation(self, **self._options),
                sock=self._port.listen(),
                ssl=self._context,
            )
        )

    def stop(self) -> None:
        """Connections are refused from now on, and those that were kept are dead."""

        async def hang_up() -> None:
            server, self._server = self._server, None
            if server:
                server.close()
            for conversation in list(self.conversations):
                conversation.transport.abort()

        self._done(hang_up())

    @property
    def is_listening(self) -> bool:
        return self._server is not None

    def close(self) -> None:
        self.stop()
        self._done(self._end_conversations())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GUARD_SECONDS)
        assert not self._thread.is_alive(), "the relay's thread did not end"
        self._loop.close()
        self._port.close()

    def _done(self, work):
        """What comes of work that its own thread does: all sockets are that one's."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(GUARD_SECONDS)

    async def _end_conversations(self) -> None:
        """Those who think about an answer for an hour, too."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # What a conversation asks.

    def planned(self, step: str, to: tuple[str, ...] = ()) -> Reply | None:
        with self._lock:
            for address in to:
                if plan := self._plans.get((step, address)):
                    return plan.popleft()
            rule = self._rules.get(step)
            return rule() if callable(rule) else rule

    def settle(self, letter: Letter, is_taken: bool) -> None:
        """The moment in which the relay takes a letter, or does not."""
        self.held_out.append(letter)
        self.on_arrival(letter)
        if self.record:
            self.record.write(letter.handed(is_taken))
        if is_taken:
            self.taken.append(letter)
            self.on_taken(letter)

    def _judge(self, server, session, envelope, mechanism, login) -> AuthResult:
        if not isinstance(login, LoginPassword):
            return AuthResult(success=False, handled=False)
        is_right = (login.login, login.password) == (RELAY_USER.encode(), RELAY_PASSWORD.encode())
        self.logins.append((session.ssl is not None or self.security == "tls", mechanism))
        return AuthResult(success=is_right, handled=False)


class _Conversation(SMTP):
    """One connection: aiosmtpd's own answers, unless the relay has planned others."""

    def __init__(self, relay: OddRelay, **options):
        super().__init__(_Letterbox(relay), **options)
        self.relay = relay
        self._heard = bytearray()
        relay.heard.append(self._heard)
        self._has_greeted = False

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self.relay.conversations.add(self)
        if not self.relay.is_listening:
            # It came in the moment in which the relay was stopped.
            transport.abort()

    def connection_lost(self, error) -> None:
        self.relay.conversations.discard(self)
        super().connection_lost(error)

    async def push(self, status) -> None:
        words = status.decode() if isinstance(status, bytes) else status
        if not self._has_greeted:
            self._has_greeted = True
            if reply := self.relay.planned(GREETING):
                return await self.say(reply)
        if self.relay.pause:
            await self._dribble(words)
        else:
            await super().push(words)

    async def _dribble(self, words: str) -> None:
        for byte in words.encode() + b"\r\n":
            self._writer.write(bytes([byte]))
            await self._writer.drain()
            await asyncio.sleep(self.relay.pause)

    async def say(self, reply: Reply) -> None:
        await asyncio.sleep(reply.seconds)
        if reply.words:
            await super().push(reply.words)
            if reply.words.startswith("421"):
                self.transport.close()
        elif reply.act:
            reply.act(self)
        else:
            await asyncio.sleep(3600)

    async def smtp_EHLO(self, hostname) -> None:
        if reply := self.relay.planned(HELLO):
            return await self.say(reply)
        await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg) -> None:
        if reply := self.relay.planned(STARTTLS):
            return await self.say(reply)
        await super().smtp_STARTTLS(arg)

    async def smtp_MAIL(self, arg) -> None:
        if reply := self.relay.planned(MAIL):
            return await self.say(reply)
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg) -> None:
        address = (arg or "").partition("<")[2].partition(">")[0]
        if reply := self.relay.planned(RCPT, (address,)):
            return await self.say(reply)
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg) -> None:
        if reply := self.relay.planned(DATA, tuple(self.envelope.rcpt_tos)):
            return await self.say(reply)
        await super().smtp_DATA(arg)

    def data_received(self, data: bytes) -> None:
        """Hears along: nothing may come in clear that must not."""
        self._heard += data
        is_encrypted = self.session.ssl is not None or self.relay.security == "tls"
        for line in data.decode("utf-8", errors="replace").splitlines():
            self.relay.commands.append((is_encrypted, line))
        super().data_received(data)


class _Letterbox:
    """What aiosmtpd asks when a letter has come to its end."""

    def __init__(self, relay: OddRelay):
        self._relay = relay

    async def handle_DATA(self, server, session, envelope) -> str:
        raw = envelope.original_content
        to = tuple(envelope.rcpt_tos)
        letter = Letter(time.time(), envelope.mail_from, to, raw)
        reply = self._relay.planned(END, to)
        self._relay.settle(letter, is_taken=reply is None or reply.takes)
        if reply is None:
            return "250 2.0.0 OK: queued"
        if reply.words:
            await asyncio.sleep(reply.seconds)
            return reply.words
        await server.say(reply)
        return "421 4.3.0 Farewell"
