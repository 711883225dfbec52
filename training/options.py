"""Numbers on the command lines of training and measuring: read, or refused with a reason."""

import math
from argparse import ArgumentTypeError


def count(text: str) -> int:
    """A whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return number


def duration(text: str) -> float:
    """A finite number of minutes above 0."""
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise ArgumentTypeError(f"must be a finite number above 0, not {text!r}")
    return minutes
