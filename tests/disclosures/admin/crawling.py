"""A walk over every address of the site, and canaries in every text of every row."""

import re
from collections.abc import Collection, Iterator
from itertools import product

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import Error, models, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from cases import keys
from cases.admin import verbs
from cases.models import Case, CaseUserPerm
from disclosures.models import Packet, PullOrder

TEXTS = (models.CharField, models.TextField, models.JSONField)
# Not of a request: who we are, and what the service holds of whomever.
OF_THE_HOUSE = {"Organisation", "Category", "DataMapVersion"}
CANARY = "canary"
# Where a value stands in a route.
GAP = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
TOKEN = re.compile(r"<(case|row):(\w+)>")
ENDS = re.compile(r"[\^$]|\\Z")
# Addresses that end a session, or lead to another host.
LEFT_OUT = ("accounts/logout", "accounts/sso", "logout/", "static", "oidc")


def plant(besides: Collection[str] = ()) -> set[str]:
    """Put a canary into each text of each row; where one went. Not in ``besides``."""
    planted = set()
    found = [
        model
        for app in ("cases", "disclosures")
        for model in apps.get_app_config(app).get_models()
        if model.__name__ not in {*OF_THE_HOUSE, *besides}
    ]
    for model in found:
        for field in model._meta.concrete_fields:
            name = f"{model.__name__}.{field.name}"
            if not isinstance(field, TEXTS) or field.choices or name == "Case.number":
                continue
            for row in model._default_manager.all():
                if sings(row, field):
                    planted.add(name)
    return planted


def sings(row: models.Model, field: models.Field) -> bool:
    """Whether the row takes a canary there: a constraint may know the text's form."""
    text = f"{CANARY}{row.pk}"
    value = [text] if isinstance(field, models.JSONField) else text
    try:
        with transaction.atomic():
            same = type(row)._default_manager.filter(pk=row.pk)
            same.update(**{field.name: value})
    except Error:
        return False
    return True


def routes(patterns: list, before: str = "") -> Iterator[str]:
    """Every route of the site, from its beginning."""
    for one in patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, route)
        else:
            yield route


def addresses(case: Case, packet: Packet) -> list[str]:
    """Each route with what may stand in it, and with what searches ask for."""
    known = {
        "case_id": [case.pk],
        "packet_id": [packet.pk],
        "order_id": list(
            PullOrder.objects.filter(exhibit__packet=packet).values_list(
                "pk", flat=True
            )
        )
        or [1],
        "document_id": list(case.documents.values_list("pk", flat=True)),
        "verb": [one.name for one in verbs.all_pages()],
        "row_id": [
            1,
            case.targets.first().pk,
            *CaseUserPerm.objects.filter(content_object=case).values_list(
                "pk", flat=True
            ),
        ],
        "object_id": [case.opened_by_id, case.pk, Group.objects.latest("pk").pk],
        "id": [case.opened_by_id],
        "app_label": ["auth", "cases", "disclosures"],
    }
    found = set()
    for route in routes(get_resolver().url_patterns):
        names = [one for pair in GAP.findall(route) for one in pair if one]
        kinds = {name: kind for kind, name in TOKEN.findall(route)}
        choices = [
            [
                keys.disguise(value, kinds[name]) if name in kinds else value
                for value in known.get(name, [1])
            ]
            for name in names
        ]
        for values in product(*choices):
            if is_told(dict(zip(names, values, strict=True)), known["row_id"][0]):
                continue
            path = GAP.sub("{}", route).format(*values)
            path = "/" + ENDS.sub("", path).replace(r"\.", ".").lstrip("/")
            found.add(path)
    asked = sorted(one for one in found if not any(out in one for out in LEFT_OUT))
    more = [
        "/search/?s=canar",
        "/search/?s=canar&extended=1",
        "/?q=canar",
        f"{reverse('admin:cases_case_changelist')}?q=canar&all=",
        f"{reverse('admin:cases_agency_changelist')}?q=canar",
        f"{reverse('admin:auth_user_changelist')}?q=canar",
        f"{reverse('admin:cases_numbers')}?number=canar",
        *(
            f"/autocomplete/?term=canar&app_label=cases&model_name={model}"
            f"&field_name={field}"
            for model, field in (
                ("case", "agency"),
                ("case", "owner"),
                ("target", "case"),
                ("casedocument", "case"),
                ("caseuserperm", "content_object"),
            )
        ),
    ]
    return asked + more


def is_told(said: dict[str, object], row: object) -> bool:
    """Whether another row stands behind a verb that takes none, and answers all alike.

    ``row`` is the one that is asked for.
    """
    verb = said.get("verb")
    if verb is None or "row_id" not in said or verbs.get(verb).of_a_row:
        return False
    return said["row_id"] not in {row, keys.disguise(row, "row")}


def body(answer) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("utf-8", "replace")
    return answer.content.decode("utf-8", "replace")


def leaks(client: Client, asked: list[str]) -> list[str]:
    """The addresses at which the person reads a canary."""
    found = []
    for address in asked:
        answer = client.get(address)
        if CANARY in body(answer) + str(answer.headers):
            found.append(address)
    return found
