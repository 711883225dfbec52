"""Figures in words."""

from math import isinf

from benchmarks.guide.estimates import Estimate
from benchmarks.guide.experiment import Check, Measure

MINUS = "\N{MINUS SIGN}"


def number(value: float, measure: Measure, *, signed: bool = False) -> str:
    """A value of a measure, without unit."""
    shown = 100 * value if measure.is_share else value
    digits = 0 if measure.is_share else measure.digits
    text = f"{abs(shown):.{digits}f}"
    is_zero = not text.strip("0.")
    sign = "" if is_zero else MINUS if shown < 0 else "+" if signed else ""
    return sign + text


def unit(measure: Measure, *, difference: bool = False) -> str:
    """With the space before it."""
    if measure.is_share:
        return " points" if difference else " %"
    return f" {measure.unit}" if measure.unit else ""


def figure(estimate: Estimate, measure: Measure, *, difference: bool = False) -> str:
    """A value with its unit."""
    return number(estimate.value, measure, signed=difference) + unit(measure, difference=difference)


def interval(estimate: Estimate, measure: Measure, *, difference: bool = False) -> str:
    """The confidence interval."""
    low, high = (number(v, measure, signed=difference) for v in (estimate.low, estimate.high))
    return f"{low} to {high}"


def bound(check: Check) -> str:
    """What was asked of the figure before anything was run."""
    differs = check.than is not None
    end = unit(check.measure, difference=differs)
    least, most = (_bound(v, check.measure, signed=differs) for v in (check.least, check.most))
    if isinf(check.most):
        return f"{'more than' if check.excludes(check.least) else 'at least'} {least}{end}"
    if isinf(check.least):
        return f"{'less than' if check.excludes(check.most) else 'at most'} {most}{end}"
    if check.least == check.most:
        return f"exactly {least}{end}"
    return f"between {least} and {most}{end}"


def _bound(value: float, measure: Measure, *, signed: bool) -> str:
    return "" if isinf(value) else number(value, measure, signed=signed)


def compared(check: Check) -> str:
    """Whose figure it is."""
    arm = check.arm.replace(" | ", ", ")
    return arm if check.than is None else f"{arm} against {check.than.replace(' | ', ', ')}"
