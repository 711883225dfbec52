"""Which ControlNets there are, by name: the builtin ones, then those in folders called `ControlNet` or `controlnet`
inside or beside the model folders, as in A1111's tree and ComfyUI's."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from underpaint.errors import ModelNotFound, UnsupportedCheckpoint
from underpaint.models.catalog import PICKLES, SAFETENSORS, builtin_folder, check_pickle, looks_like_path
from underpaint.models.headers import read_header, text_channels
from underpaint.models.places import CONTROLNET_FOLDERS, folders_called

CONFIG_FILE = "config.json"
WEIGHT_FILES = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors")
FAMILIES = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "Stable Diffusion XL"}
"""By the numbers in the text vectors that a UNet listens to."""
HASHED_FROM_BYTE, HASHED_BYTES, HASH_DIGITS = 2**20, 2**16, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlNetFile:
    """A ControlNet on disk that has not been opened: a file, or a folder in diffusers' layout."""

    name: str
    path: Path

    @property
    def is_builtin(self) -> bool:
        """Whether it came with this package."""
        return self.path.is_relative_to(builtin_controlnets_folder())

    @property
    def weights(self) -> Path:
        """The file of its tensors. Raises `UnsupportedCheckpoint` for a folder without one."""
        if self.path.is_file():
            return self.path
        for name in WEIGHT_FILES:
            if (self.path / name).is_file():
                return self.path / name
        raise UnsupportedCheckpoint(
            f"{self.path} holds no safetensors weights (looked for {', '.join(WEIGHT_FILES)})."
        )

    @property
    def text_channels(self) -> int:
        """Numbers in the text vectors it listens to, by which families of checkpoints differ; remembered until the file
        changes. Of safetensors files alone. Raises `UnsupportedCheckpoint` for a file that is none."""
        try:
            return _text_channels(self.weights, self.weights.stat().st_mtime_ns)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnsupportedCheckpoint(f"The ControlNet {self.name} cannot be read: {error}.") from error

    @property
    def a1111_hash(self) -> str:
        """The eight digits that A1111's extension writes beside its name: of the sha256 of 64 KiB from 1 MiB on."""
        with self.weights.open("rb") as file:
            file.seek(HASHED_FROM_BYTE)
            return hashlib.sha256(file.read(HASHED_BYTES)).hexdigest()[:HASH_DIGITS]


@lru_cache(maxsize=256)
def _text_channels(file: Path, _changed_at: int) -> int:
    return text_channels(read_header(file))


def made_for_another(name: str, made_for: int, model: str, given: int) -> str:
    """That a ControlNet does not fit a checkpoint, by the numbers in the text vectors of both, for the user."""
    return (
        f"The ControlNet {name} was made for {_family(made_for)}, but {model} is {_family(given)}; choose another "
        "ControlNet, or another checkpoint."
    )


def _family(channels: int) -> str:
    return FAMILIES.get(channels, f"a model whose text vectors have {channels} numbers")


def list_controlnets(folders: Sequence[Path]) -> tuple[ControlNetFile, ...]:
    """The builtin ones, then every safetensors file and folder found."""
    found = [file for file in _found(folders) if file.path.suffix.lower() not in PICKLES]
    return tuple({file.path.resolve(): file for file in (*_builtin(), *found)}.values())


def find_controlnet(
    name_or_path: str, folders: Sequence[Path], *, allows_pickle: bool = False
) -> ControlNetFile:
    """The ControlNet of this name (file name, with or without ending) or at this path; a builtin one wins. Raises
    `ModelNotFound`, and `UnsupportedCheckpoint` for pickles that are not allowed."""
    path = Path(name_or_path).expanduser()
    if looks_like_path(name_or_path) and path.exists():
        return _accepted(_at(path), allows_pickle=allows_pickle)
    if builtin := [file for file in _builtin() if file.name == name_or_path]:
        return builtin[0]
    matches = {
        file.path.resolve(): file for file in _found(folders) if name_or_path in (file.name, file.path.name)
    }
    match list(matches.values()):
        case [only]:
            return _accepted(only, allows_pickle=allows_pickle)
        case []:
            raise ModelNotFound(_not_found(name_or_path, folders))
        case several:
            listed = ", ".join(str(file.path) for file in several)
            raise ModelNotFound(
                f"Several ControlNets are called {name_or_path!r}: {listed}. Give the path of one of them."
            )


def builtin_controlnets_folder() -> Path:
    """Where the builtin ControlNets lie, each in a folder of its name, if this installation has any."""
    return builtin_folder() / "controlnet"


def _builtin() -> list[ControlNetFile]:
    return list(_below(builtin_controlnets_folder(), frozenset()))


def _found(folders: Sequence[Path]) -> Iterator[ControlNetFile]:
    for root in folders_called(CONTROLNET_FOLDERS, folders):
        yield from _below(root, frozenset())


def _below(folder: Path, above: frozenset[Path]) -> Iterator[ControlNetFile]:
    """ControlNets below a folder, sorted. `above`: real folders it lies in, to which links may lead back."""
    if not folder.is_dir() or (real := folder.resolve()) in above:
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.name.lower()):
        if (path / CONFIG_FILE).is_file() or (
            path.is_file() and path.suffix.lower() in (SAFETENSORS, *PICKLES)
        ):
            yield _at(path)
        elif path.is_dir():
            yield from _below(path, above | {real})


def _at(path: Path) -> ControlNetFile:
    """A folder's name may hold dots."""
    return ControlNetFile(name=path.stem if path.is_file() else path.name, path=path)


def _accepted(file: ControlNetFile, *, allows_pickle: bool) -> ControlNetFile:
    check_pickle(file.path, allows_pickle=allows_pickle)
    if file.path.is_dir() and not (file.path / CONFIG_FILE).is_file():
        raise UnsupportedCheckpoint(f"The folder {file.path} holds no ControlNet: {CONFIG_FILE} is missing.")
    if file.path.is_file() and file.path.suffix.lower() not in (SAFETENSORS, *PICKLES):
        raise UnsupportedCheckpoint(f"{file.path.name} is not a safetensors file.")
    return file


def _not_found(name: str, folders: Sequence[Path]) -> str:
    known = list(dict.fromkeys(file.name for file in list_controlnets(folders)))
    close = get_close_matches(name, known, n=3)
    if close:
        hint = f"Did you mean {' or '.join(map(repr, close))}?"
    else:
        hint = f"Known: {', '.join(known) or 'none'}."
    return (
        f"No ControlNet is called {name!r}. {hint} ControlNets lie in a folder called ControlNet or controlnet beside "
        "the models."
    )
