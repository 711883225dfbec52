"""What was worked out is kept in memory for the next question about it, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The values used last. Safe to use from several threads; two that ask for the same at once both work it out."""

    def __init__(self, budget_bytes: int, size_of: Callable[[V], int]) -> None:
        self._budget_bytes, self._size_of = budget_bytes, size_of
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made if it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keeps a value and forgets those that were not used for longest."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while (
                len(self._values) > 1 and sum(map(self._size_of, self._values.values())) > self._budget_bytes
            ):
                self._values.popitem(last=False)
