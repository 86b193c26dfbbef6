"""A browser without a screen, for a site behind a real socket: cookies, forms with their tokens, uploads."""

from __future__ import annotations

import http.cookiejar
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.staff.company import PASSWORD, code_of

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back, after redirects."""

    status: int
    address: str
    body: bytes

    @property
    def words(self) -> str:
        return self.body.decode(errors="replace")


class Browser:
    """One person at one site."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.token = ""
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str) -> Answer:
        return self._send(urllib.request.Request(self._address(path)))

    def post(self, path: str, form: Mapping[str, object], *, file: tuple[str, bytes] | None = None) -> Answer:
        """Send a form with the token of the page that was open; `file` is a name and its content."""
        fields = {"csrfmiddlewaretoken": self.token, **form}
        body, kind = _multipart(fields, file) if file else (urlencode(fields).encode(), "")
        request = urllib.request.Request(self._address(path), data=body, headers={"Origin": self.site})
        if kind:
            request.add_header("Content-Type", kind)
        return self._send(request)

    def log_in(self, number: str, secret: str, *, password: str = PASSWORD) -> None:
        """Log in with password and code, as the pages ask."""
        self.get("/account/login/")
        answer = self.post("/account/login/", {"login": number, "password": password})
        if "2fa" in answer.address:
            answer = self.post("/account/2fa/authenticate/", {"code": code_of(secret)})
        assert answer.address == f"{self.site}/", answer.address

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else self.site + path

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=60) as found:
                answer = Answer(found.status, found.geturl(), found.read())
        except urllib.error.HTTPError as refused:
            with refused:
                answer = Answer(refused.code, refused.geturl(), refused.read())
        if tokens := TOKEN.findall(answer.words):
            self.token = tokens[-1]
        return answer


def _multipart(fields: Mapping[str, object], file: tuple[str, bytes]) -> tuple[bytes, str]:
    line = f"----{secrets.token_hex(12)}"
    parts = [
        f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, content = file
    parts += [
        f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode(),
        b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{line}--\r\n".encode(),
    ]
    return b"".join(parts), f"multipart/form-data; boundary={line}"
