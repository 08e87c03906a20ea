"""The pages of legal requests. Importing this registers them with the admin site."""

from cases.admin import (  # noqa: F401 (each registers what it holds)
    case,
    intake,
    reference,
    review,
    signoff,
    targets,
)
