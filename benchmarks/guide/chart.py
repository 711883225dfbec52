"""Dots with whiskers, as inline SVG."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.guide.estimates import Estimate
from benchmarks.guide.experiment import Measure
from benchmarks.guide.wording import number

WIDTH, HEIGHT, PAD = 200, 22, 8


@dataclass(frozen=True, slots=True)
class Scale:
    """The range that all rows of an experiment share."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a value lies, in units of the drawing."""
        share = (value - self.low) / (self.high - self.low)
        return PAD + min(max(share, 0.0), 1.0) * (WIDTH - 2 * PAD)


def scale(estimates: Iterable[Estimate], measure: Measure) -> Scale:
    """Shares run from 0 to 1, everything else from 0 or its lowest value to its highest."""
    if measure.is_share:
        return Scale(0.0, 1.0)
    known = list(estimates)
    low = min(0.0, *(e.low for e in known))
    high = max(e.high for e in known)
    return Scale(low, high if high > low else low + 1)


def whisker(estimate: Estimate, along: Scale) -> str:
    """One row: the interval as a bar, the value as a dot, on a hairline."""
    y = HEIGHT / 2
    low, middle, high = (along.x(v) for v in (estimate.low, estimate.value, estimate.high))
    zero = along.x(0.0)
    return (
        f'<svg class="w" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<path class="rail" d="M{PAD} {y}H{WIDTH - PAD}M{zero:.1f} 4V{HEIGHT - 4}"/>'
        f'<path class="bar" d="M{low:.1f} {y}H{high:.1f}"/>'
        f'<circle class="dot" cx="{middle:.1f}" cy="{y}" r="4.5"/></svg>'
    )


def axis(along: Scale, measure: Measure) -> str:
    """The ends of the scale."""
    ends = (number(v, measure) + ("%" if measure.is_share else "") for v in (along.low, along.high))
    first, last = ends
    return f'<span class="axis" aria-hidden="true"><i>{first}</i><i>{last}</i></span>'
