from collections.abc import Iterator

import pytest
import torch

from tests.unit.models.tiny import golden
from underpaint.errors import InvalidRequest
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.prompt.composition import split_composition
from underpaint.request import Emphasis

PROMPT_CASES = [
    "base",
    "prompt-weights",
    "prompt-escape",
    "prompt-break",
    "prompt-long",
    "prompt-long-negative",
    "prompt-clipskip2",
]


@pytest.fixture
def encode(tiny_sd1: StableDiffusion) -> Iterator:
    def encode(prompt: str, emphasis: Emphasis = Emphasis.ORIGINAL, clip_skip: int = 1) -> torch.Tensor:
        return tiny_sd1.text.encode(prompt, clip_skip=clip_skip, emphasis=emphasis)

    return encode


@pytest.mark.parametrize("case", PROMPT_CASES)
def test_conditioning_is_a1111s(case: str, encode) -> None:
    wanted = golden(case)
    options = wanted.request.get("override_settings", {})
    clip_skip = options.get("CLIP_stop_at_last_layers", 1)
    (positive,) = split_composition(wanted.request["prompt"], lone_weight=True)
    texts = {"cond.0.0": positive.text, "uncond.0": wanted.request["negative_prompt"]}
    for name, text in texts.items():
        torch.testing.assert_close(
            encode(text, clip_skip=clip_skip)[0], wanted.arrays[name], rtol=0, atol=1e-5
        )


def test_no_norm_multiplies_tokens(encode) -> None:
    plain, weighted = encode("red", Emphasis.IGNORE), encode("(red:1.5)", Emphasis.NO_NORM)
    factors = torch.ones(77)
    factors[1] = 1.5
    assert torch.equal(weighted, plain * factors[None, :, None])


def test_original_keeps_the_mean(encode) -> None:
    plain, weighted = encode("red", Emphasis.IGNORE), encode("(red:1.5)", Emphasis.ORIGINAL)
    assert weighted.mean().item() == pytest.approx(plain.mean().item(), rel=1e-4)
    assert not torch.allclose(weighted, plain)


def test_ignore_drops_weights_but_not_syntax(encode) -> None:
    assert torch.equal(encode("a (red:1.5)", Emphasis.IGNORE), encode("a red", Emphasis.ORIGINAL))


def test_none_reads_syntax_as_text(tiny_sd1: StableDiffusion) -> None:
    text = "a (red:1.5) BREAK cat"
    (chunk,) = tiny_sd1.text.chunks(text, emphasis=Emphasis.NONE)
    tokens = tiny_sd1.text.tokenize(text)
    assert list(chunk.token_ids[1 : 1 + len(tokens)]) == tokens
    assert set(chunk.multipliers) == {1.0}


def test_long_prompts_have_77_vectors_per_chunk(encode) -> None:
    assert encode("cat " * 75).shape == (1, 77, 32)
    assert encode("cat " * 76).shape == (1, 154, 32)


def test_padding_is_the_end_token(tiny_sd1: StableDiffusion) -> None:
    (chunk,) = tiny_sd1.text.chunks("cat", emphasis=Emphasis.ORIGINAL)
    assert chunk.token_ids == (49406, 2368, *[49407] * 75)


@pytest.mark.parametrize("clip_skip", [0, 3, 12])
def test_clip_skip_has_as_many_values_as_layers(clip_skip: int, encode) -> None:
    with pytest.raises(InvalidRequest, match="between 1 and 2"):
        encode("cat", clip_skip=clip_skip)
