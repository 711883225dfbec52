"""Merging model folders in diffusers' layout, network by network, by the rules of `merge`."""

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from underpaint.errors import InvalidRequest, OutputError, UnsupportedCheckpoint
from underpaint.models.folder import weight_file
from underpaint.models.glance import INPAINT_CHANNELS
from underpaint.models.merge import MergeRecipe, is_weight, merge
from underpaint.models.parts import INDEX, PARTS, SHARES_WITH, find_part, read_config
from underpaint.models.weight_file import WeightFile

NETWORKS = ("text_encoder", "vae", "unet")


def merge_folders(recipe: MergeRecipe, out: Path) -> Iterator[tuple[int, int]]:
    """Writes a folder of A's configurations, tokenizer and merged networks, and yields (tensors written, tensors in all).
    What A shares with another folder is copied: the result stands alone. `out` appears whole at the end, or not at all.

    Raises `InvalidRequest` if an autoencoder shall be baked in or tensors left out, and `UnsupportedCheckpoint` for folders
    that lack a network.
    """
    if recipe.vae is not None or recipe.discard:
        raise InvalidRequest("Baking in a VAE and leaving out tensors need single files, not model folders.")
    recipes = {network: _of_network(recipe, network) for network in NETWORKS}
    counts = {network: _count(one) for network, one in recipes.items()}
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
    written = 0
    try:
        _copy_configurations(recipe.primary, temporary)
        for network, one in recipes.items():
            target = temporary / network / one.primary.name
            for count, _ in merge(one, target):
                yield written + count, sum(counts.values())
            written += counts[network]
        _replace(temporary, out)
    except OSError as error:
        raise OutputError(f"Cannot write {out}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def is_inpaint_folder(folder: Path) -> bool:
    """Whether the folder's UNet takes 9 channels."""
    config = read_config(find_part(folder, "unet") / "config.json")
    return config.get("in_channels") == INPAINT_CHANNELS


def _of_network(recipe: MergeRecipe, network: str) -> MergeRecipe:
    def weights(folder: Path | None) -> Path | None:
        return None if folder is None else weight_file(find_part(folder, network))

    return replace(
        recipe,
        primary=weight_file(find_part(recipe.primary, network)),
        secondary=weights(recipe.secondary),
        tertiary=weights(recipe.tertiary),
        takes_part=is_weight,
    )


def _count(recipe: MergeRecipe) -> int:
    with WeightFile.open(recipe.primary) as file:
        return len(file.shapes)


def _copy_configurations(folder: Path, target: Path) -> None:
    """Everything but weights; the index without its hint at shared parts."""
    target.mkdir(parents=True)
    for part in PARTS:
        source = find_part(folder, part)
        if not source.is_dir():
            raise UnsupportedCheckpoint(f"The model folder {folder} lacks {part}.")
        shutil.copytree(
            source, target / part, ignore=shutil.ignore_patterns("*.safetensors", "*.bin", "*.pt")
        )
    index = read_config(folder / INDEX)
    index.pop(SHARES_WITH, None)
    (target / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _replace(temporary: Path, out: Path) -> None:
    """Puts the folder in the place of an older one, which is moved aside first: folders cannot replace each other."""
    aside = temporary.with_suffix(".old")
    if out.exists():
        out.rename(aside)
    temporary.rename(out)
    shutil.rmtree(aside, ignore_errors=True)
