"""A browser of the plainest kind: one connection, cookies, forms. Fast enough to measure a server."""

import re
import socket

FORM_TOKEN = re.compile(rb'name="formToken" value="([0-9a-f]+)"')
HIDDEN = re.compile(rb'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def hidden(self):
        """The hidden fields of all forms on the page; equal names have equal values."""
        return {name.decode(): value.decode() for name, value in HIDDEN.findall(self.body)}


class Browser:
    def __init__(self, port, host="localhost"):
        self.host = f"{host}:{port}".encode()
        self.cookies = {}
        self._port = port
        self.socket = None
        self.connect()

    def connect(self):
        """Anew, as somebody does who comes back later."""
        if self.socket:
            self.socket.close()
        self.socket = socket.create_connection(("127.0.0.1", self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.page = None

    def close(self):
        self.socket.close()

    def get(self, path):
        self.page = self.exchange(b"GET", path, b"")
        return self.page

    def post(self, path, **fields):
        """Posts a form of the page in hand, with its hidden fields."""
        self.send_form(path, **fields)
        answer = self.receive()
        if answer.status != 303:
            self.page = answer
        return answer

    def send_form(self, path, **fields):
        """As `post`, without waiting for the answer."""
        everything = {**self.page.hidden(), **fields}
        body = "&".join(f"{name}={encode(value)}" for name, value in everything.items()).encode()
        self.send(b"POST", path, body)

    def exchange(self, method, path, body):
        self.send(method, path, body)
        return self.receive()

    def send(self, method, path, body):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode()
        head = method + b" " + path.encode() + b" HTTP/1.1\r\nHost: " + self.host + b"\r\n"
        if cookies:
            head += b"Cookie: " + cookies + b"\r\n"
        if method == b"POST":
            head += b"Sec-Fetch-Site: same-origin\r\n"
            head += b"Content-Type: application/x-www-form-urlencoded\r\n"
            head += b"Content-Length: " + str(len(body)).encode() + b"\r\n"
        self.socket.sendall(head + b"\r\n" + body)

    def receive(self):
        data = self.rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self.more()
        lines = data[:end].decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                self.keep(value)
        length = int(headers.get("content-length", "0"))
        data = data[end + 4 :]
        while len(data) < length:
            data += self.more()
        self.rest = data[length:]
        return Answer(status, headers, data[:length])

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def keep(self, cookie):
        pair, *attributes = cookie.split("; ")
        name, value = pair.split("=", 1)
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")


def encode(text):
    return "".join(
        character if character in SAFE else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )
