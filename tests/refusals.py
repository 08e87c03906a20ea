"""What a refusal says, and that nothing at all was written before it was said."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of both apps."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for app in ("cases", "disclosures")
        for model in apps.get_app_config(app).get_models()
    }


def refusal(act: Callable[[], Any], error: type[Exception] = ValidationError) -> Any:
    """The refusal's own words: by field where it names fields, else one or a list."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    if not isinstance(caught.value, ValidationError):
        return str(caught.value)
    if hasattr(caught.value, "error_dict"):
        return caught.value.message_dict
    return caught.value.messages
