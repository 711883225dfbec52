"""Textual-inversion embeddings: a word for something the text encoder has no word for."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.weights import read_weights

ENDINGS = (".safetensors", ".pt", ".bin")
SD1_KEY = "emb_params"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """`name` in a prompt stands for these vectors."""

    name: str
    vectors: Float[Tensor, "count channels"]


def read_embedding(path: Path) -> Embedding:
    """The embedding in a safetensors file, or in a .pt or .bin file of A1111 or diffusers, named like the file.

    Pickled files are read with `weights_only`, which runs no code.
    """
    tensors = read_weights(path) if path.suffix == ".safetensors" else _unpickled(path)
    vectors = tensors.get(SD1_KEY)
    if vectors is None and len(tensors) == 1:
        (vectors,) = tensors.values()
    if vectors is None or vectors.dim() > 2:
        raise UnsupportedCheckpoint(
            f"{path.name} is no embedding for Stable Diffusion 1: it holds {', '.join(sorted(tensors)) or 'nothing'}."
        )
    return Embedding(name=path.stem, vectors=torch.atleast_2d(vectors).to(torch.float32))


def _unpickled(path: Path) -> dict[str, Tensor]:
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise UnsupportedCheckpoint(
            f"{path.name} cannot be read safely as an embedding: {str(error).splitlines()[0]}"
        ) from error
    if isinstance(content, dict) and isinstance(content.get("string_to_param"), dict):  # A1111's own
        content = content["string_to_param"]
    if not isinstance(content, dict):
        raise UnsupportedCheckpoint(f"{path.name} is no embedding: it holds a {type(content).__name__}.")
    entries = cast("dict[Any, Any]", content)
    return {str(key): value for key, value in entries.items() if isinstance(value, Tensor)}
