"""Columns whose values lie sealed: a copy of the database shows none of them.

They read and write as plain text. They can't be filtered, ordered or compared in the
database, but for being empty: what has to be found keeps a fingerprint beside it.
"""

import json
from typing import Any

from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact

from cases import keys

_SEALED = "A sealed column can't be compared: ask its fingerprint."  # for programmers


class SealedTextField(models.TextField):
    """A text of at most ``longest`` characters, sealed as it is written."""

    def __init__(
        self,
        *args: Any,
        longest: int | None = None,
        purpose: str = keys.Purpose.TARGET,
        **kwargs: Any,
    ) -> None:
        """Check the length of the text and not of what is stored."""
        self.longest = longest
        self.purpose = keys.Purpose(purpose)
        super().__init__(*args, **kwargs)
        if longest is not None:
            self.validators.append(MaxLengthValidator(longest))

    def deconstruct(self) -> Any:
        """With length and purpose, for migrations."""
        name, path, args, kwargs = super().deconstruct()
        if self.longest is not None:
            kwargs["longest"] = self.longest
        if self.purpose != keys.Purpose.TARGET:
            kwargs["purpose"] = self.purpose.value
        return name, path, args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        """Sealed, but for nothing at all: that a value is missing is no secret."""
        text = super().get_prep_value(value)
        return keys.close(text, self.purpose) if text else text

    def from_db_value(self, value: Any, *_args: Any) -> Any:
        """As it was written."""
        return keys.reveal(value, self.purpose) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether it is empty can be asked in the database."""
        known = lookup_name in {"exact", "isnull"}
        return super().get_lookup(lookup_name) if known else None

    def formfield(self, **kwargs: Any) -> Any:
        """One line, as long as the text may be."""
        if self.longest is None:
            return super().formfield(**kwargs)
        return models.Field.formfield(self, **{"max_length": self.longest, **kwargs})


@SealedTextField.register_lookup
class IsEmpty(Exact):
    """``= ''``, the one comparison that a sealed column allows."""

    def get_prep_lookup(self) -> Any:
        """Nothing but the empty text.

        Raises:
            FieldError: the value would have to be opened to be compared.
        """
        if self.rhs != "":
            raise FieldError(_SEALED)
        return self.rhs


class SealedJSONField(SealedTextField):
    """A small JSON value, sealed as it is written; ``{}`` unless it is given."""

    def get_prep_value(self, value: Any) -> Any:
        """Sealed as text."""
        return super().get_prep_value(json.dumps(value, sort_keys=True))

    def from_db_value(self, value: Any, *args: Any) -> Any:
        """As it was written."""
        return json.loads(super().from_db_value(value, *args))

    def to_python(self, value: Any) -> Any:
        """A value stays what it is."""
        return value
