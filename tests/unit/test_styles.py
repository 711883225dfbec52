"""Styles of A1111's styles.csv."""

from pathlib import Path

import pytest

from underpaint.errors import InvalidRequest
from underpaint.request import PromptSettings
from underpaint.styles import Style, known_styles, merged, read_styles, with_styles

FILE = """\ufeffname,prompt,negative_prompt
ink,"{prompt}, ink drawing","colour, photo"
---- themes ----,,
# comment,nothing,nothing
sea,by the sea,
long,"two
lines",
,unnamed,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "styles.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_file_is_read(file: Path) -> None:
    styles = read_styles(file)
    assert list(styles) == ["ink", "---- themes ----", "sea", "long"]
    assert styles["ink"] == Style(name="ink", prompt="{prompt}, ink drawing", negative="colour, photo")
    assert styles["long"].prompt == "two\nlines"


def test_the_oldest_files_say_text(file: Path) -> None:
    file.write_text("name,text\nink,ink drawing\n")
    assert read_styles(file)["ink"].prompt == "ink drawing"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"prompt,negative_prompt\na,b\n", "first line must name"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'name,prompt\na,"' + b"x" * 1_100_000, "cannot be read"),
    ],
    ids=["no names", "no text", "too long"],
)
def test_a_broken_file_is_named(content: bytes, says: str, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(InvalidRequest, match=says):
        read_styles(file)


def test_an_empty_file_has_no_styles(file: Path) -> None:
    file.write_text("")
    assert read_styles(file) == {}


@pytest.mark.parametrize(
    ("style", "prompt", "expected"),
    [
        ("a {prompt} b {prompt}", "cat", "a cat b cat"),
        ("{prompt}", " cat ", " cat "),
        ("ink", " cat ", "cat, ink"),
        (" ink ", "", "ink"),
        ("", "cat", "cat"),
        ("", "", ""),
    ],
)
def test_merging(style: str, prompt: str, expected: str) -> None:
    assert merged(style, prompt) == expected


def test_several_styles_apply_in_order(file: Path) -> None:
    prompt = PromptSettings(positive="cat", negative="dog", clip_skip=2)
    styled = with_styles(prompt, ["sea", "ink"], read_styles(file))
    assert styled == PromptSettings(
        positive="cat, by the sea, ink drawing", negative="dog, colour, photo", clip_skip=2
    )
    assert with_styles(prompt, ["ink", "sea"], read_styles(file)).positive == "cat, ink drawing, by the sea"


@pytest.mark.parametrize(
    ("name", "says"), [("inc", "Did you mean 'ink'"), ("zzzz", "Known: ink, ---- themes ----, sea, long")]
)
def test_an_unknown_style_is_refused(name: str, says: str, file: Path) -> None:
    with pytest.raises(InvalidRequest, match=says):
        with_styles(PromptSettings(), [name], read_styles(file))


@pytest.mark.parametrize("folder", ["", "models", "models/Stable-diffusion"])
def test_a1111s_file_is_found(folder: str, file: Path) -> None:
    (file.parent / "models" / "Stable-diffusion").mkdir(parents=True)
    assert "ink" in known_styles([file.parent / folder])


def test_the_users_own_styles_go_first(file: Path, tmp_path: Path) -> None:
    own = tmp_path / "data"
    own.mkdir(exist_ok=True)
    (own / "styles.csv").write_text("name,prompt\nink,mine\n")
    styles = known_styles([file.parent])
    assert (styles["ink"].prompt, styles["sea"].prompt) == ("mine", "by the sea")
