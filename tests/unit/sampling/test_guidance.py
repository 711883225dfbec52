from collections.abc import Sequence

import torch
from torch import Tensor

from underpaint.sampling.guidance import Weighted, guided, of_equal_length

ONE = torch.ones(1, 4, 1, 1)


def by_context(x: Tensor, timestep: float, contexts: Sequence[Tensor]) -> list[Tensor]:
    return [x * context for context in contexts]


def test_guidance_extrapolates_from_the_negative_prompt() -> None:
    predict = guided(by_context, [Weighted(torch.tensor(2.0))], torch.tensor(1.0), 7.0)
    assert torch.equal(predict(ONE, 0.0), ONE * 8)


def test_parts_of_a_composition_add_up_with_their_weights() -> None:
    parts = [Weighted(torch.tensor(2.0), 1.0), Weighted(torch.tensor(4.0), -0.5)]
    predict = guided(by_context, parts, torch.tensor(1.0), 2.0)
    assert torch.equal(predict(ONE, 0.0), ONE * (1 + 2 * 1 - 2 * 0.5 * 3))


def test_scale_one_does_not_ask_for_the_negative_prompt() -> None:
    asked: list[float] = []

    def asking(x: Tensor, timestep: float, contexts: Sequence[Tensor]) -> list[Tensor]:
        asked.extend(context.item() for context in contexts)
        return [x for _ in contexts]

    guided(asking, [Weighted(torch.tensor(2.0))], torch.tensor(1.0), 1.0)(ONE, 0.0)
    assert asked == [2.0]


def test_short_contexts_repeat_their_last_token() -> None:
    short, long = torch.arange(2.0).reshape(1, 2, 1), torch.zeros(1, 4, 1)
    lengthened, same = of_equal_length([short, long])
    assert lengthened.flatten().tolist() == [0, 1, 1, 1]
    assert torch.equal(same, long)
