"""A data map in use, of which a case asks no more than its categories."""

from cases.enums import DataClass
from cases.models import Category

MAP = "f" * 64


def categories() -> list[Category]:
    """A data map in use with one category of each class that a subpoena tells apart."""
    lines = (
        ("names", DataClass.SUBSCRIBER),
        ("sessions", DataClass.IDENTIFYING),
        ("messages", DataClass.CONTENT),
    )
    return [
        Category.objects.get_or_create(
            map_digest=MAP,
            code=code,
            defaults={
                "is_current": True,
                "number": number,
                "title": code.capitalize(),
                "usual_words": f"All {code}",
                "data_class": data_class,
                "held": "Held.",
            },
        )[0]
        for number, (code, data_class) in enumerate(lines, start=1)
    ]
