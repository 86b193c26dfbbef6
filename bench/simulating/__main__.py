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

    judged, began = Judged(), time.perf_counter()
    for seed in (int(seed) for seed in asked.seeds.split(",")):
        size = Size(seed=seed, people=asked.people, pace=asked.pace, months=asked.months, noise=asked.noise)
        judge(size, judged, each=asked.each)
    print(
        f"seeds {asked.seeds}, noise {asked.noise}: {judged.months} months, {judged.people} person-months,"
        f" {judged.events} events; detectors {judged.seconds:.1f} s of {time.perf_counter() - began:.0f} s"
    )
    print(
        f"{'detector':16}{'planted':>8}{'found':>7}{'other':>7}{'wrong':>7}{'recall':>8}{'precision':>11}{'justified':>11}"
    )
    figures = {}
    for one in every():
        code = one.code
        numbers = [judged.planted[code], judged.found[code], judged.other[code], judged.wrong[code]]
        rates = [judged.recall(code), judged.precision(code), judged.justified(code)]
        figures[code] = {
            **dict(zip(("planted", "found", "other", "wrong"), numbers, strict=True)),
            **dict(zip(("recall", "precision", "justified"), rates, strict=True)),
        }
        shown = ["–" if rate is None else f"{rate:.2f}" for rate in rates]
        print(
            f"{code:16}{numbers[0]:8}{numbers[1]:7}{numbers[2]:7}{numbers[3]:7}{shown[0]:>8}{shown[1]:>11}{shown[2]:>11}"
        )
    if asked.why:
        print("\n".join(judged.misses))
    if asked.out:
        facts = {
            "seeds": asked.seeds,
            "noise": asked.noise,
            "people": asked.people,
            "months": asked.months,
            "person_months": judged.people,
            "events": judged.events,
            "detectors": figures,
        }
        Path(asked.out).write_text(json.dumps(facts, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
