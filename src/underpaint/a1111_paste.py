"""What A1111 itself reads from a `parameters` text: the settings, with the values it assumes for those that are missing."""

import math
import re
from typing import Any

from underpaint.metadata import Infotext, parse_infotext
from underpaint.prompt.parser import Piece, parse_emphasis
from underpaint.request import BreakRule

DEFAULTS: dict[str, Any] = {
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
}
SAMPLING_DEFAULTS: dict[str, Any] = {
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
}
FIRST_PASS_PX = 512 * 512
FIRST_PASS_GRID_PX = 64

EDITS_CHANGED = (1, 6, 0, 0)
ALPHAS_CHANGED = (1, 7, 0, 225)
RELEASE_CANDIDATE = -1
"""Comes before the release."""


def pasted(text: str) -> dict[str, Any]:
    """A1111 1.10.1's dictionary of a text's settings. Sizes are taken apart: `Size-1` is the width, `Size-2` the height."""
    parsed = parse_infotext(text)
    found: dict[str, Any] = {}
    for key, value in parsed.settings.items():
        if size := re.match(r"(\d+)x(\d+)$", value):
            found |= {f"{key}-1": size[1], f"{key}-2": size[2]}
        elif value:
            found[key] = value
    found |= {"Prompt": parsed.prompt, "Negative prompt": parsed.negative_prompt}
    found.setdefault("Clip skip", "1")
    if "Hypernet" in found:
        found["Prompt"] += f"<hypernet:{found['Hypernet']}:{found.get('Hypernet strength', '1.0')}>"
    if "Hires resize-1" not in found:
        found |= {"Hires resize-1": 0, "Hires resize-2": 0}
    _fill(found, DEFAULTS)
    _restore_old_first_pass(found)
    _fill(found, SAMPLING_DEFAULTS)
    if found["FP8 weight"] != "Disable":
        found.setdefault("Cache FP16 weight for LoRA", False)
    if _is_emphasised(parsed):
        found.setdefault("Emphasis", "Original")
    found.setdefault("Refiner switch by sampling steps", False)
    return found | dict.fromkeys(old_habits(parsed), True)


def old_habits(text: Infotext) -> tuple[str, ...]:
    """Keys of what the version that a text names did, and version 1.10.1 only does where it is told so."""
    version = _version(text.settings.get("Version", ""))
    if version is None:
        return ()
    habits = {
        "Old prompt editing timelines": version < EDITS_CHANGED and "[" in text.prompt,
        "Pad conds v0": version < EDITS_CHANGED and text.settings.get("Sampler") in ("DDIM", "PLMS"),
        "Downcast alphas_cumprod": version < ALPHAS_CHANGED,
    }
    return tuple(key for key, is_old in habits.items() if is_old)


def _version(text: str) -> tuple[int, int, int, int] | None:
    """Major, minor, patch and commits since, of A1111's `v1.7.0-225-gc9a0d4e8`; None for other programs'."""
    found = re.fullmatch(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:-(?:(\d+)|(RC\d*)))?(?:-g\w+)?", text.strip())
    if found is None:
        return None
    major, minor, patch, commits, candidate = found.groups()
    return int(major), int(minor), int(patch or 0), RELEASE_CANDIDATE if candidate else int(commits or 0)


def _fill(found: dict[str, Any], defaults: dict[str, Any]) -> None:
    for key, value in defaults.items():
        found.setdefault(key, value)


def _restore_old_first_pass(found: dict[str, Any]) -> None:
    """Before 1.0 the two passes of hires fix were named by the first one's size."""
    if "First pass size-1" not in found:
        return
    first = int(found["First pass size-1"]), int(found["First pass size-2"])
    width, height = int(found.get("Size-1", 512)), int(found.get("Size-2", 512))
    if 0 in first and 0 not in (width, height):
        scale = math.sqrt(FIRST_PASS_PX / (width * height)) / FIRST_PASS_GRID_PX
        first = tuple(math.ceil(scale * side) * FIRST_PASS_GRID_PX for side in (width, height))
    found |= {"Size-1": first[0], "Size-2": first[1], "Hires resize-1": width, "Hires resize-2": height}


def _is_emphasised(text: Infotext) -> bool:
    pieces = [
        piece
        for prompt in (text.prompt, text.negative_prompt)
        for piece in parse_emphasis(prompt, BreakRule.A1111)
        if isinstance(piece, Piece)
    ]
    return any(piece.weight != 1 and piece.text != "BREAK" for piece in pieces)
