"""Refusals: each carries a sentence for the person who asked."""


class CaseError(Exception):
    """Something can't be done as asked; the message is a sentence for staff."""


class IllegalTransition(CaseError):
    """The act doesn't fit where the case stands now."""


class FourEyesViolation(CaseError):
    """Another person has to do this."""


class ScopeChanged(CaseError):
    """What was decided about is no longer what the case says."""


class DocumentRefused(CaseError):
    """An upload that can't be kept as a served paper."""


class InsufficientProcess(CaseError):
    """The instrument doesn't reach the class of data."""


class ClaimLost(CaseError):
    """Another worker holds the work order by now; this one's result is thrown away."""
