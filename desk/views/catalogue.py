"""The register of what may be held: every field with its label, kind, search and purposes. Read only."""

from django.http import HttpResponse
from django.shortcuts import render

from classification import models, queries
from classification.purposes import purposes
from classification.review import reviews
from desk.permission import DeskRequest, allowed


@allowed("catalogue.read", methods=["GET"])
def catalogue(request: DeskRequest) -> HttpResponse:
    """Show the catalogue by level, and which fields nobody here has confirmed yet (S0-20)."""
    known = queries.catalogue(request.at)
    in_force = purposes(request.at)
    clock = reviews(request.at)
    categories, indexes = dict(models.categories()), dict(models.indexes())
    levels = [
        (
            number,
            [
                {
                    "spec": spec,
                    "purposes": [in_force[code].name for code in spec.purposes],
                    "category": categories.get(spec.category, spec.category),
                    "search": indexes.get(spec.index, spec.index),
                    "review": clock[spec.code],
                    "base": known.get(spec.base[0]).name if spec.derived_from else "",
                }
                for spec in known.by_level(number)
            ],
        )
        for number in (1, 2, 3, 4)
    ]
    return render(
        request,
        "desk/catalogue/catalogue.html",
        {
            "levels": levels,
            "count": len(known.fields),
            "unconfirmed": sum(not spec.confirmed for spec in known.fields),
            "overdue": sum(one.overdue for one in clock.values()),
        },
    )
