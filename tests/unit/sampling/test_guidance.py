from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from underpaint.request import PromptPadding
from underpaint.sampling.guidance import (
    Guidance,
    Omission,
    Weighted,
    counting_calls,
    guided,
    noting_omissions,
    of_equal_length,
    padded,
)

ONE = torch.ones(1, 4, 1, 1)


def by_context(x: Tensor, timestep: float, contexts: Sequence[Tensor]) -> list[Tensor]:
    return [x * context for context in contexts]


def test_guidance_extrapolates_from_the_negative_prompt() -> None:
    predict = guided(by_context, [Weighted(torch.tensor(2.0))], torch.tensor(1.0), Guidance(scale=7.0))
    assert torch.equal(predict(ONE, 0.0, 0.0, 0), ONE * 8)


def test_parts_of_a_composition_add_up_with_their_weights() -> None:
    parts = [Weighted(torch.tensor(2.0), 1.0), Weighted(torch.tensor(4.0), -0.5)]
    predict = guided(by_context, parts, torch.tensor(1.0), Guidance(scale=2.0))
    assert torch.equal(predict(ONE, 0.0, 0.0, 0), ONE * (1 + 2 * 1 - 2 * 0.5 * 3))


def test_scale_one_does_not_ask_for_the_negative_prompt() -> None:
    asked: list[float] = []

    def asking(x: Tensor, timestep: float, contexts: Sequence[Tensor]) -> list[Tensor]:
        asked.extend(context.item() for context in contexts)
        return [x for _ in contexts]

    guided(asking, [Weighted(torch.tensor(2.0))], torch.tensor(1.0), Guidance(scale=1.0))(ONE, 0.0, 0.0, 0)
    assert asked == [2.0]


def test_a_call_without_the_negative_prompt_follows_the_prompts_at_scale_one() -> None:
    parts = [Weighted(torch.tensor(2.0), 0.5), Weighted(torch.tensor(4.0), 0.25)]
    guidance = Guidance(
        scale=7.0, omission=lambda call, level: Omission.LOW if (call, level) == (1, 5.0) else None
    )
    predict = guided(by_context, parts, torch.tensor(1.0), guidance)
    assert torch.equal(predict(ONE, 0.0, 5.0, 1), ONE * (2 + 0.25 * (4 - 2)))
    assert torch.equal(predict(ONE, 0.0, 5.0, 0), ONE * (1 + 7 * (0.5 * 1 + 0.25 * 3)))


def test_why_calls_went_without_the_negative_prompt_is_noted() -> None:
    reasons = [Omission.EARLY, None, None]
    guidance = Guidance(scale=7.0, omission=lambda call, level: reasons[call])
    predict = guided(by_context, [Weighted(torch.tensor(2.0))], torch.tensor(1.0), guidance)
    noted: set[Omission] = set()
    noting = noting_omissions(predict, guidance, noted)
    answers = [noting(ONE, 0.0, 0.0, call) for call in range(3)]
    assert noted == {Omission.EARLY}
    assert all(torch.equal(answer, predict(ONE, 0.0, 0.0, call)) for call, answer in enumerate(answers))


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_the_unguided_answer_is_shown_beside_the_guided_one(scale: float) -> None:
    guidance = Guidance(scale=scale, shows_unguided=True)
    predict = guided(by_context, [Weighted(torch.tensor(2.0))], torch.tensor(1.0), guidance)
    assert torch.equal(predict(ONE, 0.0, 0.0, 0), torch.stack([ONE * (1 + scale), ONE]))


def test_the_calls_of_a_run_are_counted_from_zero() -> None:
    asked: list[int] = []

    def noting(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        asked.append(call)
        return x

    for predict in (counting_calls(noting), counting_calls(noting)):
        predict(ONE, 0.0, 0.0)
        predict(ONE, 0.0, 0.0)
    assert asked == [0, 1, 0, 1]


def test_short_contexts_repeat_their_last_token() -> None:
    short, long = torch.arange(2.0).reshape(1, 2, 1), torch.zeros(1, 4, 1)
    lengthened, same = of_equal_length([short, long])
    assert lengthened.flatten().tolist() == [0, 1, 1, 1]
    assert torch.equal(same, long)


def tokens(*values: float) -> Tensor:
    return torch.tensor(values)[None, :, None]


EMPTY = tokens(8.0, 9.0)


@pytest.mark.parametrize(
    ("padding", "negative", "expected"),
    [
        (PromptPadding.NONE, tokens(1, 2), ([1, 2, 3, 4], [1, 2])),
        (PromptPadding.EMPTY, tokens(1, 2), ([1, 2, 3, 4], [1, 2, 8, 9])),
        (PromptPadding.EMPTY, tokens(*range(8)), ([1, 2, 3, 4, 8, 9, 8, 9], [*range(8)])),
        (PromptPadding.REPEAT, tokens(1, 2), ([1, 2, 3, 4], [1, 2, 2, 2])),
        (PromptPadding.REPEAT, tokens(*range(8)), ([1, 2, 3, 4], [0, 1, 2, 3])),
    ],
)
def test_padding(padding: PromptPadding, negative: Tensor, expected: tuple[list[int], list[int]]) -> None:
    (first, second), other = padded([tokens(1, 2, 3, 4), tokens(1, 2, 3, 4)], negative, padding, EMPTY)
    assert (first.flatten().tolist(), other.flatten().tolist()) == expected
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        (PromptPadding.NONE, ([1, 2], [1, 2, 3, 4], [5, 6])),
        (PromptPadding.EMPTY, ([1, 2, 8, 9], [1, 2, 3, 4], [5, 6, 8, 9])),
        (PromptPadding.REPEAT, ([1, 2], [1, 2, 3, 4], [5, 6, 6, 6])),
    ],
)
def test_padding_of_parts_of_different_length(
    padding: PromptPadding, expected: tuple[list[int], ...]
) -> None:
    prompts, negative = padded([tokens(1, 2), tokens(1, 2, 3, 4)], tokens(5, 6), padding, EMPTY)
    assert tuple(each.flatten().tolist() for each in (*prompts, negative)) == expected
