"""How gunicorn serves web and public, in the demo and in production alike."""

import ipaddress
import os
from importlib import import_module
from typing import Any

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000").split(",")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # one gate for all workers, before the first of them
accesslog = None  # SECURITY: addresses of customers' pages are never logged
control_socket_disable = True
graceful_timeout = 15
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000

WHEN_ASKED = {
    "main": ("documents.typesetting", "pyzipper"),
    "public": (),
    "restricted": ("reportlab.pdfbase.ttfonts",),
}
"""Heavy modules that pages import when they need them, because commands and the worker start sooner without them."""


def on_starting(server: Any) -> None:
    """Refuse to serve the demo to other machines: it shows one-time codes."""
    if os.environ.get("CUSTINFO_MODE") != "demo":
        return
    for host in (address.rsplit(":", 1)[0].strip("[]") for address in bind):
        if not ipaddress.ip_address(host).is_loopback:
            raise SystemExit(f"Demo mode listens on this machine only, not on {host}.")


def when_ready(server: Any) -> None:
    """Load once for all workers what the code loads when a document or an archive is first asked for."""
    from custinfo.start import leave_what_is_loaded

    for name in WHEN_ASKED[os.environ.get("CUSTINFO_PROCESS", "main")]:
        import_module(name)
    leave_what_is_loaded()
