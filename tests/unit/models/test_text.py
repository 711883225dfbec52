from collections.abc import Iterator

import pytest
import torch

from tests.unit.models.tiny import golden
from underpaint.a1111 import request_from_api
from underpaint.errors import InvalidRequest
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.prompt.composition import split_composition
from underpaint.prompt.reading import Reading
from underpaint.request import Emphasis, EmphasisMean
from underpaint.texts import texts_of

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
        return tiny_sd1.text.encode(prompt, Reading(clip_skip=clip_skip, emphasis=emphasis))

    return encode


@pytest.mark.parametrize("case", ["prompt-edit-nested", "prompt-edit-heun", "prompt-and"])
def test_conditioning_over_time_is_a1111s(case: str, tiny_sd1: StableDiffusion) -> None:
    wanted = golden(case)
    request = request_from_api({"steps": 12, **wanted.request}, {}, endpoint="img2img")
    texts = texts_of(request, from_picture=True)
    encoded = {
        f"cond.{j}.{k}": vectors
        for j, part in enumerate(texts.positive)
        for k, vectors in enumerate(tiny_sd1.text.encode_together(part.texts, Reading.of(request)))
    }
    arrays = {name: array for name, array in wanted.arrays.items() if name.startswith("cond.")}
    assert arrays
    for name, array in arrays.items():
        torch.testing.assert_close(encoded[name], array, rtol=0, atol=1e-5)


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


def test_a_variants_mean_is_its_own_or_that_of_all(tiny_sd1: StableDiffusion) -> None:
    texts = ["a (red:1.5) cat", "a blue dog"]
    each = tiny_sd1.text.encode_together(texts, Reading(emphasis_mean=EmphasisMean.EACH))
    alone = [tiny_sd1.text.encode(text, Reading()) for text in texts]
    torch.testing.assert_close(each, torch.cat(alone), rtol=0, atol=1e-5)
    plain = tiny_sd1.text.encode_together(texts, Reading(emphasis=Emphasis.IGNORE))
    shared = tiny_sd1.text.encode_together(texts, Reading(emphasis_mean=EmphasisMean.A1111))
    assert shared.mean().item() == pytest.approx(plain.mean().item(), rel=1e-4)
    factor = shared[1] / plain[1]  # no word of the second is emphasised, and yet all of it is scaled
    torch.testing.assert_close(factor, factor.mean().expand_as(factor), rtol=1e-4, atol=0)
    assert abs(factor.mean().item() - 1) > 1e-4


def test_ignore_drops_weights_but_not_syntax(encode) -> None:
    assert torch.equal(encode("a (red:1.5)", Emphasis.IGNORE), encode("a red", Emphasis.ORIGINAL))


def test_none_reads_syntax_as_text(tiny_sd1: StableDiffusion) -> None:
    text = "a (red:1.5) BREAK cat"
    (chunk,) = tiny_sd1.text.chunks(text, Reading(emphasis=Emphasis.NONE))
    tokens = tiny_sd1.text.tokenize(text)
    assert list(chunk.token_ids[1 : 1 + len(tokens)]) == tokens
    assert set(chunk.multipliers) == {1.0}


def test_long_prompts_have_77_vectors_per_chunk(encode) -> None:
    assert encode("cat " * 75).shape == (1, 77, 32)
    assert encode("cat " * 76).shape == (1, 154, 32)


@pytest.mark.parametrize(
    ("typeset", "typed"),
    [
        ("the cat’s “hat”", 'the cat\'s "hat"'),
        ("cat，hat", "cat,hat"),
        ("ＣＡＴ", "cat"),
        ("ﬁre", "fire"),
        ("cat\u200b\x00\x1b[31m hat", "cat\u200b hat"),
        ("salt &amp; pepper", "salt & pepper"),
    ],
    ids=["quotes", "wide comma", "wide letters", "ligature", "control characters", "entity"],
)
def test_typeset_text_is_read_as_typed(typeset: str, typed: str, tiny_sd1: StableDiffusion) -> None:
    """As in A1111, whose tokenizer mends text with ftfy first."""
    assert tiny_sd1.text.tokenize(typeset) == tiny_sd1.text.tokenize(typed)


def test_padding_is_the_end_token(tiny_sd1: StableDiffusion) -> None:
    (chunk,) = tiny_sd1.text.chunks("cat", Reading())
    assert chunk.token_ids == (49406, 2368, *[49407] * 75)


@pytest.mark.parametrize("clip_skip", [0, 3, 12])
def test_clip_skip_has_as_many_values_as_layers(clip_skip: int, encode) -> None:
    with pytest.raises(InvalidRequest, match="between 1 and 2"):
        encode("cat", clip_skip=clip_skip)
