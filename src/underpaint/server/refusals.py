"""What only a server refuses; the rest is in `underpaint.errors`."""

from underpaint.errors import InvalidRequest, StudioError


class NotFound(StudioError):
    """Nothing has that id, or no longer."""

    code = "not-found"


class Conflict(StudioError):
    """Right in itself, but not now."""

    code = "conflict"


class TooLarge(StudioError):
    """More bytes than this server takes at once."""

    code = "too-large"


class Forbidden(StudioError):
    """Another web page asked, or under a name that is not ours."""

    code = "forbidden"


class Unauthorized(StudioError):
    """The password is missing or wrong."""

    code = "unauthorized"


class InvalidSetting(InvalidRequest):
    """An invalid request that knows which setting is to blame, by its path (`request.sampling.steps`)."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message, field)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])
