"""`manage.py split_kek --shares a.pub b.pub c.pub --threshold 2`: seal the KEK file to its custodians."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault import keeping
from vault.holding.shares import BadShares, read_share, seal, write_sealed
from vault.keyfiles import BadKeyFile, read_closed, read_kek_file

NEXT = """
Nothing was removed. What to do now:
  1. bring {sealed} to every host, mode 0600, and start its keyholder
     ({prefix}KEK_PROVIDER=keyholder, {prefix}KEK_SHARES_FILE)
  2. let {threshold} custodians bring their shares: manage.py bring_share
  3. let every other custodian try theirs once, after restarting the keyholder
  4. then destroy {kek} and every copy of it (shred --remove), and take {prefix}KEK_FILE out of every setting
Until step 4 whoever reads {kek} needs no custodian.
"""


class Command(BaseCommand):
    """Write the sealed file; the KEK file stays as it is."""

    help = "Seal the KEK file m-of-n to custodians (age). Removes nothing; says what to do then."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shares", type=Path, nargs="+", required=True, metavar="FILE.pub")
        parser.add_argument("--threshold", type=int, required=True, help="how many of them open it")
        parser.add_argument("--kek", type=Path, help="the KEK file (default: that of this host)")
        parser.add_argument("--out", type=Path, help="the sealed file (default: that of this host)")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = keeping.here()
        from_file = kept.get("KEK_PROVIDER") == "file"
        kek = options["kek"] or (kept.get("KEK_FILE") if from_file else None)
        out = options["out"] or kept.get("KEK_SHARES_FILE")
        if not kek or not out:
            raise CommandError("Name the KEK file (--kek) and the sealed one (--out).")
        kek, out = Path(kek), Path(out)
        if out.exists():
            raise CommandError(f"{out} is there already; name another file, or move it away yourself.")
        try:
            read_kek_file(kek)
            shares = [read_share(path) for path in options["shares"]]
            write_sealed(out, seal(read_closed(kek), shares, options["threshold"]))
        except (BadKeyFile, BadShares) as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"made {out}: {options['threshold']} of {len(shares)} shares open it")
        said = NEXT.format(sealed=out, kek=kek, threshold=options["threshold"], prefix=kept.prefix)
        self.stdout.write(said)
