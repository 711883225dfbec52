"""How long an engine may be silent after it was told something, before it counts as hanging."""

import time
from collections.abc import Callable

LEAST_S = 30.0
STEPS = 5.0
"""So many times the longest step of the job, which on a processor may take a minute."""
UNMEASURED_S = 120.0
"""Before a step was measured: models are loaded from slow disks too."""


class Patience:
    """Watches the signs of life of an engine at one job."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard_at = clock()
        self._longest_step_s: float | None = None
        self._expecting_since: float | None = None
        """When the engine was told something that it has not obeyed yet."""
        self._lasts = False

    def hear(self, *, is_step: bool = False) -> None:
        """A sign of life."""
        now = self._clock()
        if is_step:
            self._longest_step_s = max(self._longest_step_s or 0.0, now - self._heard_at)
        self._heard_at = now
        if not self._lasts:
            self._expecting_since = None

    def expect(self, *, to_the_end: bool = False) -> None:
        """It was told something: the next sign of life shows that it does not hang. `to_the_end`: it was told to leave
        its job, so it is watched until it does."""
        self._expecting_since, self._lasts = self._clock(), self._lasts or to_the_end

    def left_s(self) -> float | None:
        """Until it counts as hanging; None while nothing is expected."""
        if self._expecting_since is None:
            return None
        if self._longest_step_s is None:
            allowed_s = UNMEASURED_S
        else:
            allowed_s = max(LEAST_S, STEPS * self._longest_step_s)
        return max(max(self._expecting_since, self._heard_at) + allowed_s - self._clock(), 0.0)
