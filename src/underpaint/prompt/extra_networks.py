"""`<lora:name:0.8>`: networks named in a prompt, as AUTOMATIC1111's webui reads them."""

import math
import re
from dataclasses import dataclass

KEY_AND_VALUE = 2
_TAG = re.compile(r"<(\w+):([^>]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkUse:
    """One tag."""

    kind: str
    """`lora`, or what else stands before the colon."""
    name: str
    text_strength: float = 1.0
    unet_strength: float = 1.0
    max_rank: int | None = None
    """Only so many of the LoRA's ranks are used; None = all."""


class BadTag(ValueError):
    """A tag whose numbers are none, or not finite."""


def without_tags(text: str) -> str:
    """The text without its tags; the spaces around them stay."""
    return _TAG.sub("", text)


def split_networks(text: str) -> tuple[str, tuple[NetworkUse, ...]]:
    """The text without its tags, and what they say. Raises `BadTag`."""
    return without_tags(text), tuple(_use(tag) for tag in _TAG.finditer(text))


def _use(tag: re.Match[str]) -> NetworkUse:
    """`<lora:name:text:unet:rank>`; the numbers may be named (te=, unet=, dyn=), and unet is text unless given."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for item in tag[2].split(":"):
        parts = item.split("=")
        if len(parts) == KEY_AND_VALUE:
            named[parts[0]] = parts[1]
        else:
            positional.append(item)
    name, *numbers = positional or [""]
    given = {**dict(zip(("te", "unet", "dyn"), numbers, strict=False)), **named}
    try:
        text_strength = float(given.get("te", 1.0))
        unet_strength = float(given.get("unet", text_strength))
        max_rank = int(given["dyn"]) if "dyn" in given else None
    except ValueError as error:
        raise BadTag(f"The numbers in {tag[0]} cannot be read; write it as <{tag[1]}:{name}:0.8>.") from error
    if not (math.isfinite(text_strength) and math.isfinite(unet_strength)):
        raise BadTag(f"The weights in {tag[0]} must be finite numbers; write it as <{tag[1]}:{name}:0.8>.")
    return NetworkUse(
        kind=tag[1],
        name=name,
        text_strength=text_strength,
        unet_strength=unet_strength,
        max_rank=max_rank,
    )
