from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.embeddings import Embedding, read_embedding
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.prompt.reading import Reading

VECTORS = torch.arange(12.0).view(3, 4)


def test_safetensors(tmp_path: Path) -> None:
    save_file({"emb_params": VECTORS}, tmp_path / "mine.safetensors")
    embedding = read_embedding(tmp_path / "mine.safetensors")
    assert embedding.name == "mine"
    assert torch.equal(embedding.vectors, VECTORS)


@pytest.mark.parametrize(
    "content",
    [{"string_to_param": {"*": VECTORS}, "name": "x", "step": 7}, {"<mine>": VECTORS}],
    ids=["a1111", "diffusers"],
)
def test_pickles(content: dict[str, object], tmp_path: Path) -> None:
    torch.save(content, tmp_path / "mine.pt")
    assert torch.equal(read_embedding(tmp_path / "mine.pt").vectors, VECTORS)


def test_one_vector_may_come_without_its_first_axis(tmp_path: Path) -> None:
    torch.save({"<mine>": VECTORS[0]}, tmp_path / "mine.bin")
    assert read_embedding(tmp_path / "mine.bin").vectors.shape == (1, 4)


class Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("code ran",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"x": Harmful()}, tmp_path / "evil.pt")
    with pytest.raises(UnsupportedCheckpoint, match="cannot be read safely"):
        read_embedding(tmp_path / "evil.pt")
    assert "code ran" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [[1, 2], {"a": VECTORS, "b": VECTORS}, {}], ids=str)
def test_what_is_no_embedding_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "x.pt")
    with pytest.raises(UnsupportedCheckpoint, match="no embedding"):
        read_embedding(tmp_path / "x.pt")


def test_its_name_in_a_prompt_speaks_its_vectors(tiny_sd1: StableDiffusion) -> None:
    text = tiny_sd1.text
    red = text._model.embeddings.token_embedding.weight[text.tokenize("red")]

    def encode(prompt: str) -> torch.Tensor:
        return text.encode(prompt, Reading())

    wanted = encode("a red circle")
    text.learn([Embedding(name="zzcolour", vectors=red)])
    try:
        torch.testing.assert_close(encode("a zzcolour circle"), wanted)
    finally:
        text.learn([])
    assert not torch.allclose(encode("a zzcolour circle"), wanted)


def test_an_embedding_of_another_width_is_refused(tiny_sd1: StableDiffusion) -> None:
    with pytest.raises(UnsupportedCheckpoint, match="vectors of 4 numbers"):
        tiny_sd1.text.learn([Embedding(name="x", vectors=VECTORS)])
