"""Where this user's things lie."""

import os
from pathlib import Path

import platformdirs

APPLICATION = "underpaint"
DATA_VARIABLE = "UNDERPAINT_DATA"


def data_folder() -> Path:
    """For what must be kept: `$UNDERPAINT_DATA`, or the platform's folder for user data."""
    configured = os.environ.get(DATA_VARIABLE)
    return (
        Path(configured).expanduser()
        if configured
        else platformdirs.user_data_path(APPLICATION, appauthor=False)
    )


def cache_folder() -> Path:
    """For what can be made again."""
    return platformdirs.user_cache_path(APPLICATION, appauthor=False)
