"""What a browser of the plainest kind knows: cookies, and the hidden fields of forms."""

import html
import re

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def hidden_fields(page: str) -> dict[str, str]:
    """Those of all forms on a page; equal names have equal values."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page)}


class Cookies(dict[str, str]):
    """Those of one site, by their names."""

    def keep(self, set_cookie: str) -> None:
        """What a Set-Cookie header asks for."""
        pair, *attributes = set_cookie.split("; ")
        name, value = pair.split("=", 1)
        if "Max-Age=0" in attributes:
            self.pop(name, None)
        else:
            self[name] = value

    @property
    def header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.items())
