"""Styles: named pieces of prompts, in A1111's `styles.csv`.

A style wraps the prompt where it holds `{prompt}`, else it follows the prompt after a comma. Several apply one after the
other. What a request holds is the finished prompt; it knows nothing of styles.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from underpaint.errors import InvalidRequest
from underpaint.folders import data_folder
from underpaint.request import PromptSettings

FILE_NAME = "styles.csv"
PLACEHOLDER = "{prompt}"
COMMENT = "#"
LARGEST_FIELD = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One row of the file."""

    name: str
    prompt: str = ""
    negative: str = ""


Styles = Mapping[str, Style]


def known_styles(folders: Sequence[Path]) -> dict[str, Style]:
    """The styles of the files `styles.csv` in the user's data folder, in these folders and above an A1111 `models` folder;
    a name that occurs twice means the first."""
    found: dict[str, Style] = {}
    for file in _style_files(folders):
        if file.is_file():
            found = {**read_styles(file), **found}
    return found


def where_styles_lie(folders: Sequence[Path]) -> str:
    """Where styles are looked for, for the user."""
    searched = ", ".join(str(file) for file in _style_files(folders))
    return f"Looked for: {searched}. Put A1111's {FILE_NAME} there: a line name,prompt,negative_prompt, then one per style."


def _style_files(folders: Sequence[Path]) -> list[Path]:
    files = [data_folder() / FILE_NAME]
    for folder in folders:
        files += [place / FILE_NAME for place in (folder, *_above_models(folder.resolve()))]
    return list(dict.fromkeys(files))


def read_styles(file: Path) -> dict[str, Style]:
    """The styles of one file. Columns: `name`, `prompt` (or `text`, as in the oldest files), `negative_prompt`; rows whose
    name starts with # are comments."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            csv.field_size_limit(LARGEST_FIELD)
            rows = list(csv.DictReader(opened, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidRequest(f"The styles in {file} cannot be read: {error}") from error
    if rows and "name" not in rows[0]:
        raise InvalidRequest(f"{file} holds no styles: its first line must name the columns name and prompt.")
    styles = (
        Style(
            name=row["name"],
            prompt=row.get("prompt", row.get("text", "")),
            negative=row.get("negative_prompt", ""),
        )
        for row in rows
    )
    return {style.name: style for style in styles if style.name and not style.name.startswith(COMMENT)}


def with_styles(prompt: PromptSettings, names: Iterable[str], styles: Styles) -> PromptSettings:
    """The prompt with these styles laid on. Raises `InvalidRequest` for a name nobody knows."""
    for name in names:
        if name not in styles:
            raise InvalidRequest(_unknown(name, styles))
        style = styles[name]
        prompt = replace(
            prompt,
            positive=merged(style.prompt, prompt.positive),
            negative=merged(style.negative, prompt.negative),
        )
    return prompt


def merged(style: str, prompt: str) -> str:
    """A style's text around a prompt, or after it."""
    if PLACEHOLDER in style:
        return style.replace(PLACEHOLDER, prompt)
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


def _above_models(folder: Path) -> list[Path]:
    """The webui's own folder, if this is its `models` or lies in it."""
    return [parent.parent for parent in (folder, *folder.parents) if parent.name == "models"][:1]


def _unknown(name: str, styles: Styles) -> str:
    close = get_close_matches(name, styles, n=3)
    if close:
        return f"No style is called {name!r}. Did you mean {' or '.join(map(repr, close))}?"
    known = (
        ", ".join(styles) if styles else f"none; put a {FILE_NAME} into {data_folder()} or a models folder"
    )
    return f"No style is called {name!r}. Known: {known}."
