"""Settings taken over from a picture file: `--from FILE`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from underpaint.errors import UnreadableImage
from underpaint.request import BatchSettings, InpaintRequest

if TYPE_CHECKING:
    from underpaint.job import Job
    from underpaint.result import Recipe

SHORT_MODEL_HASH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """What a file says about how it was made."""

    file: Path
    request: InpaintRequest
    """Of that one image."""
    notes: tuple[str, ...]
    names_strength: bool
    """False for text-to-image, which has no denoising strength."""
    model_hash: str = ""
    """The first ten digits of the checkpoint's sha256."""
    network_hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """By name: the digits by which A1111 knows LoRAs and embeddings."""

    def differences(self, job: "Job") -> list[str]:
        """Notes on files that have the same names as those of the picture, and other contents."""
        found: list[str] = []
        made_with = job.model.sha256[:SHORT_MODEL_HASH]
        is_its_model = job.request.model == self.request.model
        if is_its_model and self.model_hash and self.model_hash != made_with:
            found.append(
                f"{self.file.name} was made with another {job.model.name}: its hash is {self.model_hash}, "
                f"this one's {made_with}."
            )
        for used in job.networks.used:
            wanted = self.network_hashes.get(used.name, used.a1111_hash)
            if not used.a1111_hash.startswith(wanted):
                found.append(
                    f"{self.file.name} was made with another {used.name}: its hash is {wanted}, this one's "
                    f"{used.a1111_hash}."
                )
        return list(dict.fromkeys(found))


def borrow(file: Path) -> Borrowed:
    """The settings in a file of ours, of A1111 or of its relatives: PNG text, or the EXIF comment of JPEG and WebP."""
    from underpaint.a1111_text import request_from_text
    from underpaint.image.header import read_text
    from underpaint.metadata import PARAMETERS_KEY, parse_infotext, recipe_from_png_text

    text = read_text(file)
    recipe = recipe_from_png_text(text)
    if recipe is not None:
        return _of_recipe(file, recipe)
    if PARAMETERS_KEY not in text:
        raise UnreadableImage(f"{file} holds no settings, neither of Underpaint nor of A1111.")
    parsed = parse_infotext(text[PARAMETERS_KEY])
    request, notes = request_from_text(parsed)
    settings = parsed.settings
    return Borrowed(
        file=file,
        request=request,
        notes=tuple(notes),
        names_strength="Denoising strength" in settings,
        model_hash=settings.get("Model hash", ""),
        network_hashes={**_hashes(settings.get("Lora hashes", "")), **_hashes(settings.get("TI hashes", ""))},
    )


def _of_recipe(file: Path, recipe: "Recipe") -> Borrowed:
    noise = replace(recipe.request.noise, seed=recipe.seed, subseed=recipe.subseed)
    return Borrowed(
        file=file,
        request=replace(recipe.request, noise=noise, batch=BatchSettings()),
        notes=(),
        names_strength=bool(recipe.picture_sha256),
        model_hash=recipe.model_sha256[:SHORT_MODEL_HASH],
        network_hashes={used.name: used.a1111_hash for used in recipe.networks},
    )


def _hashes(text: str) -> dict[str, str]:
    """`name: hash, name: hash` by name."""
    pairs = (item.partition(":") for item in text.split(","))
    return {name.strip(): short.strip() for name, colon, short in pairs if colon}
