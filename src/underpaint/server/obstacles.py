"""What keeps the queue from going on although the engine could: in words for users, and in the log."""

import logging

from sqlalchemy.exc import OperationalError

from underpaint.errors import OutputError
from underpaint.server.database import unusable
from underpaint.server.schemas import Problem

logger = logging.getLogger(__name__)


def obstacle_of(error: Exception) -> Problem:
    """Disks that are full or gone come back; whatever else it is, it is our mistake, and the log has the traceback."""
    match error:
        case OperationalError():
            reason = unusable(error)
        case OutputError():
            reason = str(error)
        case OSError():
            reason = f"The data folder cannot be used: {error.strerror or error}."
        case _:
            logger.error("The queue made a mistake", exc_info=error)
            return Problem(
                code="error",
                message=f"The queue made a mistake ({type(error).__name__}) and begins again; the log says more.",
            )
    logger.warning("%s The queue waits.", reason)
    return Problem(
        code=OutputError.code, message=f"{reason} Jobs wait, and go on by themselves when it can be."
    )
