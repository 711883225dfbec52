"""Where captioners lie, and which of them describes pictures."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from underpaint.errors import ModelNotFound
from underpaint.models.catalog import builtin_folder
from underpaint.models.places import CAPTIONER_FOLDERS, folders_called

BUILTIN_CAPTIONER = "storybook-captioner"
MARK = "config.json"


def list_captioners(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The user's, which lie in a folder called `captioner` inside or beside these model folders, sorted by name in each;
    then the builtin one, if it is part of this installation."""
    roots = folders_called(CAPTIONER_FOLDERS, folders)
    found = [mark.parent for root in roots for mark in sorted(root.glob(f"*/{MARK}"))]
    builtin = builtin_folder() / BUILTIN_CAPTIONER
    return (*found, *([builtin] if (builtin / MARK).is_file() else []))


def find_captioner(name_or_path: str | None, folders: Sequence[Path]) -> Path:
    """The captioner whose folder has this name or lies at this path; None: the first of all."""
    known = list_captioners(folders)
    if name_or_path is None:
        if not known:
            raise ModelNotFound(f"There is no captioner. {_where_they_lie(folders)}")
        return known[0]
    if named := [path for path in known if path.name == name_or_path]:
        return named[0]
    path = Path(name_or_path).expanduser()
    if (path / MARK).is_file():
        return path
    close = get_close_matches(name_or_path, [path.name for path in known], n=3)
    hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
    raise ModelNotFound(f"No captioner is called {name_or_path!r}.{hint} {_where_they_lie(folders)}")


def _where_they_lie(folders: Sequence[Path]) -> str:
    return f"Captioners are folders of BLIP models in {folders[0] / CAPTIONER_FOLDERS[0]}." if folders else ""
