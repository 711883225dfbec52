"""The small networks a job's prompts name: which files they are, and the model with them on."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from underpaint.errors import InvalidRequest, ModelNotFound, UnsupportedCheckpoint, UnsupportedFeature
from underpaint.models.catalog import sha256_of
from underpaint.models.embeddings import Embedding, read_embedding
from underpaint.models.lora import Applied, Lora, applied, read_lora, unmatched
from underpaint.models.network_files import a1111_hash, embedding_files, find_lora
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.models.text import TextEncoder
from underpaint.models.tiling import edges_joined
from underpaint.prompt.chunks import CHUNK_TOKENS
from underpaint.prompt.extra_networks import NetworkUse
from underpaint.prompt.reading import Reading
from underpaint.request import InpaintRequest, RepeatedNetworks, UnknownNetworks
from underpaint.result import NetworkKind, UsedNetwork
from underpaint.texts import Texts

LORA_KINDS = ("lora", "lyco")
HYPERNETWORK = "hypernet"
SHORT_HASH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class JobNetworks:
    """What changes the model while a job runs."""

    loras: tuple[Applied, ...] = ()
    embeddings: tuple[Embedding, ...] = ()
    used: tuple[UsedNetwork, ...] = ()
    notes: tuple[str, ...] = ()
    """About networks that are named and left out."""


def networks_of(
    request: InpaintRequest, texts: Texts, model: StableDiffusion, folders: Sequence[Path]
) -> JobNetworks:
    """Finds and reads what the texts name. LoRAs that nobody knows, that are damaged or that fit no layer are refused or
    noted, as the rules say."""
    loras, notes = _loras_of(request, texts, model, folders)
    found, left_out = _embeddings_of(request, texts, model.text, folders)
    embeddings = tuple(embedding for _, embedding in found)
    files = {embedding.name: path for path, embedding in found}
    return JobNetworks(
        loras=tuple(lora for _, lora in loras),
        embeddings=embeddings,
        used=(
            *(_used_lora(path, lora.lora.name) for path, lora in loras),
            *(_used_embedding(files[name]) for name in _spoken(request, texts, model.text, embeddings)),
        ),
        notes=tuple(dict.fromkeys([*notes, *left_out])),
    )


@contextmanager
def laid_on(
    model: StableDiffusion, networks: JobNetworks, *, tiles: bool, beside: Sequence[Any] = ()
) -> Generator[None]:
    """The model as a job wants it, while the context lasts; afterwards it is what it was, to the bit. `beside`: further
    networks that tile with it."""
    with ExitStack() as stack:
        if networks.loras:
            stack.enter_context(applied(model.unet.network, model.text.network, networks.loras))
        if networks.embeddings:
            model.text.learn(networks.embeddings)
            stack.callback(model.text.learn, ())
        if tiles:
            stack.enter_context(edges_joined(model.unet.network, model.vae.network, *beside))
        yield


def _loras_of(
    request: InpaintRequest, texts: Texts, model: StableDiffusion, folders: Sequence[Path]
) -> tuple[list[tuple[Path, Applied]], list[str]]:
    """The LoRAs of a prompt with their files, and notes on those that are missing, wholly or in part."""
    found: list[tuple[Path, Applied]] = []
    notes: list[str] = []
    for use in _uses(request, texts):
        try:
            path = _lora_of(use, folders)
            lora = _applied(use, path)
            _check_fit(lora.lora, model)
        except UnsupportedFeature:
            raise
        except (InvalidRequest, ModelNotFound, UnsupportedCheckpoint) as error:
            if request.rules.unknown_networks is UnknownNetworks.REFUSED:
                raise
            notes.append(f"{error} The picture is made without it.")
            continue
        found.append((path, lora))
        if missing := unmatched(lora.lora, model.unet.network, model.text.network):
            notes.append(
                f"{missing} of the {len(lora.lora.modules)} parts of the LoRA {use.name} belong to no layer of this model."
            )
    return found, notes


def _uses(request: InpaintRequest, texts: Texts) -> Sequence[NetworkUse]:
    """What the prompt names. A1111 keeps one LoRA per name, so that strengths given later count for every mention."""
    if not request.prompt.uses_networks:
        return ()
    if request.rules.repeated_networks is RepeatedNetworks.EACH:
        return texts.uses
    last = {(use.kind, use.name): use for use in texts.uses}
    return [last[use.kind, use.name] for use in texts.uses]


def _check_fit(lora: Lora, model: StableDiffusion) -> None:
    if unmatched(lora, model.unet.network, model.text.network) == len(lora.modules):
        raise UnsupportedCheckpoint(
            f"The LoRA {lora.name} changes no layer of this model; it was made for another kind."
        )


def _lora_of(use: NetworkUse, folders: Sequence[Path]) -> Path:
    if use.kind == HYPERNETWORK:
        raise UnsupportedFeature(
            f"The prompt names the hypernetwork {use.name!r}, which this version does not support; remove it."
        )
    if use.kind not in LORA_KINDS:
        raise InvalidRequest(
            f"The prompt names <{use.kind}:{use.name}>, a network of an unknown kind; LoRAs are <lora:name:0.8>."
        )
    return find_lora(use.name, folders)


def _applied(use: NetworkUse, path: Path) -> Applied:
    return Applied(
        lora=replace(read_lora(path), name=use.name),
        text_strength=use.text_strength,
        unet_strength=use.unet_strength,
        max_rank=use.max_rank,
    )


def _embeddings_of(
    request: InpaintRequest, texts: Texts, text_encoder: TextEncoder, folders: Sequence[Path]
) -> tuple[list[tuple[Path, Embedding]], list[str]]:
    """Those whose names occur in the texts, and notes on those that do not fit the model: their names stay text."""
    files = {path.stem: path for path in embedding_files(folders)}
    names = text_encoder.mentioned(files, texts.all_texts(), Reading.of(request))
    found: list[tuple[Path, Embedding]] = []
    notes: list[str] = []
    for name in names:
        try:
            embedding = read_embedding(files[name])
        except UnsupportedCheckpoint as error:
            notes.append(f"The word {name!r} stays text: {error}")
            continue
        if problem := _misfit(embedding, text_encoder):
            notes.append(f"The word {name!r} stays text: {problem}")
        else:
            found.append((files[name], embedding))
    return found, notes


def _misfit(embedding: Embedding, text_encoder: TextEncoder) -> str | None:
    count, channels = embedding.vectors.shape
    if channels != text_encoder.channels:
        return "the embedding was made for another kind of model."
    if count > CHUNK_TOKENS:
        return f"the embedding has {count} vectors, and only {CHUNK_TOKENS} fit the text encoder."
    return None


def _spoken(
    request: InpaintRequest, texts: Texts, text_encoder: TextEncoder, embeddings: Sequence[Embedding]
) -> Iterator[str]:
    """The names of embeddings as A1111 lists them: the parts of the prompt backwards, then the negative prompt; a name
    occurs once for each that has it."""
    positive = dict.fromkeys(tuple(part.texts) for part in texts.positive)
    for variants in (*reversed(positive), tuple(texts.negative.texts)):
        yield from text_encoder.spoken(embeddings, variants, Reading.of(request))


def _used_lora(path: Path, name: str) -> UsedNetwork:
    short = a1111_hash(path)[:SHORT_HASH]
    return UsedNetwork(kind=NetworkKind.LORA, name=name, sha256=sha256_of(path), a1111_hash=short)


def _used_embedding(path: Path) -> UsedNetwork:
    whole = sha256_of(path)
    return UsedNetwork(
        kind=NetworkKind.EMBEDDING, name=path.stem, sha256=whole, a1111_hash=whole[:SHORT_HASH]
    )
