"""The pages of legal requests. Importing this registers them with the admin site."""

from cases.admin import case, intake, reference, review, secrecy, signoff, targets

__all__ = ["case", "intake", "reference", "review", "secrecy", "signoff", "targets"]
