"""How gunicorn serves web and public, in the demo and in production alike."""

import gc
import ipaddress
import os
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


def on_starting(server: Any) -> None:
    """Refuse to serve the demo to other machines: it shows one-time codes."""
    if os.environ.get("CUSTINFO_MODE") != "demo":
        return
    for host in (address.rsplit(":", 1)[0].strip("[]") for address in bind):
        if not ipaddress.ip_address(host).is_loopback:
            raise SystemExit(f"Demo mode listens on this machine only, not on {host}.")


def when_ready(server: Any) -> None:
    """Leave what was loaded to the workers as it is: they share it, and look for cycles in what requests made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
