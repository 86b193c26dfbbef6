"""The real web server on loopback, and a browser that is already logged in."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.middleware.csrf import _get_new_csrf_string

from staff import acting
from staff.models import Person
from staff.sessions import SessionStore
from trail.actor import Actor

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def server() -> Iterator[int]:
    """Run gunicorn as in production, on a free port of loopback; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    names = os.environ | {"WEB_BIND": f"127.0.0.1:{port}"}
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.py", "custinfo.wsgi"],
        cwd=ROOT,
        env=names,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield port
    finally:
        child.terminate()
        child.wait(20)


class Browser:
    """One connection of one person, kept open."""

    def __init__(self, port: int, actor: Actor, at: datetime) -> None:
        self.port = port
        self.csrf = _get_new_csrf_string()
        session = _logged_in(actor, at)
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.csrf}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> bytes:
        """Return the body of a page.

        :raises RuntimeError: the answer is not 200.
        """
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> bytes:
        """Send a form as htmx does, and return the body."""
        return self._ask("POST", path, urlencode(fields))

    def location(self, path: str, **fields: str) -> str:
        """Send a form and return where the answer sends us."""
        self.connection.request("POST", path, urlencode(fields), self._headers("POST", htmx=False))
        answer = self.connection.getresponse()
        answer.read()
        return answer.headers["Location"] or ""

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        headers = self._headers(method, htmx=method == "POST")
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (
            http.client.RemoteDisconnected,
            ConnectionError,
        ):  # an idle connection ends after five seconds
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return text

    def _headers(self, method: str, *, htmx: bool) -> dict[str, str]:
        headers = {"Cookie": self.cookies, "Host": "localhost", "Accept-Language": "en"}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.csrf}
        return headers | ({"HX-Request": "true"} if htmx else {})


def _logged_in(actor: Actor, at: datetime) -> str:
    assert actor.id is not None
    person = Person.objects.get(pk=actor.id)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    acting.begin(session, person, at=at)
    acting.give_factor(session, person, method="totp", at=at)
    session.save()
    return str(session.session_key)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server does not start")
