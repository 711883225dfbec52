"""What can go wrong, split by who can mend it.

    StudioError
    ├── InvalidRequest          the caller: a setting is out of range or contradicts another
    │   └── UnsupportedFeature  the caller: asked for something this version does not do
    ├── UnreadableImage         the caller: a picture, mask or result file cannot be read
    ├── ModelNotFound           the user: no checkpoint of that name
    ├── UnsupportedCheckpoint   the user: the file is not a model we can run
    ├── ModelFailure            the user: the model's answer is not a picture
    ├── OutputError             the user: disk full, folder missing, no permission
    ├── OutOfMemory             the machine: smaller size or batch
    └── Cancelled               nobody: the user stopped it

Every class has a stable `code` (for machines) and an `exit_code` (for shells). Messages say what happened, to
which thing, and what to try.
"""

from typing import ClassVar


class StudioError(Exception):
    """Base of every error this package raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2


class InvalidRequest(StudioError):
    code = "invalid-request"


class UnsupportedFeature(InvalidRequest):
    code = "unsupported-feature"


class UnreadableImage(StudioError):
    code = "unreadable-image"


class ModelNotFound(StudioError):
    code = "model-not-found"


class UnsupportedCheckpoint(StudioError):
    code = "unsupported-checkpoint"


class ModelFailure(StudioError):
    code = "model-failure"


class OutputError(StudioError):
    code = "output-error"


class OutOfMemory(StudioError):
    code = "out-of-memory"


class Cancelled(StudioError):
    code = "cancelled"
    exit_code = 130
