"""The ways out of the house, on loopback: an SMS provider's HTTP interface and a mail relay that take
everything at once, and a counter where those who register fetch what was sent to them.

A process of its own, whose CPU time is told: it takes its share of the same cores.
"""

import asyncio
import multiprocessing
import quopri
import re
import signal
import socket

from processes import cpu_seconds

# In an SMS the whole code is a word of its own, in a letter a paragraph of its own.
CODE_IN_SMS = re.compile(rb"\b(\d{6})\b")
CODE_IN_LETTER = re.compile(rb"\r\n\r\n([A-Z0-9]{6})\r\n\r\n")
LONGEST_WAIT = 30


class PostOffice:
    def __init__(self):
        listeners = [socket.create_server(("127.0.0.1", 0), backlog=512) for _ in range(3)]
        self.sms_port, self.mail_port, self.counter_port = (
            listener.getsockname()[1] for listener in listeners
        )
        self._process = multiprocessing.Process(target=run, args=(listeners,), daemon=True)
        self._process.start()
        for listener in listeners:
            listener.close()

    def cpu_seconds(self):
        return cpu_seconds(self._process.pid)

    def stop(self):
        self._process.terminate()
        self._process.join(10)


class Counter:
    """One customer's way to the messages: waits, without asking again and again."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.settimeout(LONGEST_WAIT)
        self._file = self._socket.makefile("rb")

    def code(self, recipient):
        """The code in the next message to somebody that has one."""
        pattern = CODE_IN_LETTER if "@" in recipient else CODE_IN_SMS
        while True:
            self._socket.sendall(recipient.encode() + b"\n")
            message = self._file.read(int(self._file.readline()))
            if found := pattern.search(message) or pattern.search(quopri.decodestring(message)):
                return found.group(1).decode()

    def close(self):
        self._file.close()
        self._socket.close()


def run(listeners):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    pigeonholes = Pigeonholes()

    async def serve():
        loop = asyncio.get_running_loop()
        for listener, line in zip(listeners, (ProviderLine, RelayLine, CounterLine)):
            await loop.create_server(lambda line=line: line(pigeonholes), sock=listener)
        await asyncio.Event().wait()

    asyncio.run(serve())


class Pigeonholes:
    """What was sent to whom and not fetched yet, and who waits for it."""

    def __init__(self):
        self._messages = {}
        self._waiting = {}

    def put(self, recipient, message):
        if waiting := self._waiting.pop(recipient, None):
            waiting(message)
        else:
            self._messages.setdefault(recipient, []).append(message)

    def fetch(self, recipient, give):
        if messages := self._messages.get(recipient):
            give(messages.pop(0))
        else:
            self._waiting[recipient] = give


class Line(asyncio.Protocol):
    """One connection; what has come and is not yet understood waits in `rest`."""

    def __init__(self, pigeonholes):
        self.pigeonholes = pigeonholes
        self.rest = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.rest += data
        while self.take():
            pass

    def upto(self, end):
        """What comes before an end that has arrived, else nothing."""
        place = self.rest.find(end)
        if place < 0:
            return None
        taken, self.rest = self.rest[:place], self.rest[place + len(end) :]
        return taken


class ProviderLine(Line):
    """The body is `number text`, as the installation's `sms.http.body` has it, in JSON strings."""

    TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

    def take(self):
        head_end = self.rest.find(b"\r\n\r\n")
        if head_end < 0:
            return False
        end = head_end + 4 + int(self.LENGTH.search(self.rest, 0, head_end + 2).group(1))
        if len(self.rest) < end:
            return False
        body, self.rest = self.rest[head_end + 4 : end], self.rest[end:]
        recipient = body.split(b'"', 4)[3]
        self.pigeonholes.put(recipient.decode(), body)
        self.transport.write(self.TAKEN)
        return True


class RelayLine(Line):
    """SMTP without TLS, as a relay on the same machine speaks it."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self._is_letter = False
        self._recipient = None
        transport.write(b"220 relay\r\n")

    def take(self):
        if self._is_letter:
            letter = self.upto(b"\r\n.\r\n")
            if letter is None:
                return False
            self._is_letter = False
            self.pigeonholes.put(self._recipient, letter)
            self.transport.write(b"250 taken\r\n")
            return True
        line = self.upto(b"\r\n")
        if line is None:
            return False
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.split(b"<", 1)[1].split(b">", 1)[0].decode()
        if verb == b"DATA":
            self._is_letter = True
            self.transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 yes\r\n")
        return True


class CounterLine(Line):
    def take(self):
        recipient = self.upto(b"\n")
        if recipient is None:
            return False
        self.pigeonholes.fetch(recipient.decode(), self.give)
        return True

    def give(self, message):
        self.transport.write(b"%d\n" % len(message) + message)
