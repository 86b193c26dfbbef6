"""Measure the detectors on simulated years and print precision and recall.

python -m custinfo.servers --inside bench -- python -m bench.simulating --seeds 11,12,13 --noise 1
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    """Simulate, detect, print; with --out also write the figures down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="11,12,13")
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--pace", type=float, default=14.0)
    parser.add_argument("--each", type=int, default=1, help="planted in each month and way")
    parser.add_argument("--why", action="store_true", help="print each miss and each wrong hit")
    parser.add_argument("--out", help="write the figures to this JSON file")
    asked = parser.parse_args()
    os.chdir(ROOT)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity=0", "--database=default"],
        check=True,
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
    import django

    django.setup()
    from audit.detectors.registry import every
    from bench.simulating.judging import Judged, judge
    from bench.simulating.world import Size

    judged, began, done = Judged(), time.perf_counter(), []
    for seed in asked.seeds.split(","):
        size = Size(
            seed=int(seed), people=asked.people, pace=asked.pace, months=asked.months, noise=asked.noise
        )
        judge(size, judged, each=asked.each)
        done.append(seed)
        figures = {one.code: judged.figures(one.code) for one in every()}
        print(
            f"seeds {','.join(done)}, noise {asked.noise:g}: {judged.months} months of {asked.people} people,"
            f" {judged.events} events; detectors {judged.seconds:.0f} s of {time.perf_counter() - began:.0f} s"
        )
        _show(figures)
        if asked.out:
            facts = {"seeds": ",".join(done), "noise": asked.noise, "people": asked.people}
            facts |= {"months": judged.months, "events": judged.events, "detectors": figures}
            Path(asked.out).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    if asked.why:
        print("\n".join(judged.misses))
    return 0


def _show(figures: dict[str, dict[str, Any]]) -> None:
    columns = ("planted", "found", "other", "wrong", "recall", "precision", "justified")
    print(f"{'detector':16}" + "".join(f"{column:>10}" for column in columns))
    for code, row in figures.items():
        cells = [row[column] for column in columns]
        said = ["–" if cell is None else f"{cell:.2f}" if isinstance(cell, float) else cell for cell in cells]
        print(f"{code:16}" + "".join(f"{cell:>10}" for cell in said), flush=True)


if __name__ == "__main__":
    sys.exit(main())
