"""Embedded PostgreSQL and Redis: private servers under the data directory, for machines without servers.

`python -m custinfo.servers [--test] [--inside NAME] -- command …` starts both, exports their addresses, runs
the command and stops them. The binaries come from wheels; nothing listens on the network; nothing outlives
the process that started it. Layout of the data directory (CUSTINFO_DATA_DIR, default `.data`):

    lock            held (flock) while servers run here
    secrets.json    passwords and SECRET_KEY, mode 0600
    keys/           key files of `vault`, mode 0600
    postgres/       the cluster        pg/      its socket
    redis/          append-only file and socket
    logs/           postgres.log, redis.log
"""

from custinfo.servers.running import Servers, ServersInUse

__all__ = ["Servers", "ServersInUse"]
