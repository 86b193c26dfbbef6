"""The demo: everything on one machine with one command, for demo people only, reachable from this machine only.

`python -m custinfo.demo` (`make demo`) starts the embedded servers, brings database, messages, static files and
demo data up to date, and supervises web, worker and beat until it is told to stop.
"""
