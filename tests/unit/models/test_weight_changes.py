"""Every kind against its definition, written out with loops or for a case whose answer is plain."""

import pytest
import torch
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.weight_changes import bias_change, weight_change


def rand(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


WEIGHT = rand(6, 4)
KERNEL = rand(6, 4, 3, 3)


def test_lora_is_up_times_down_scaled_by_alpha_over_rank() -> None:
    up, down = rand(6, 2), rand(2, 4)
    parts = {"lora_up.weight": up, "lora_down.weight": down, "alpha": torch.tensor(1.0)}
    torch.testing.assert_close(weight_change(parts, WEIGHT), 0.5 * up @ down)


def test_without_alpha_the_scale_is_one() -> None:
    up, down = rand(6, 2), rand(2, 4)
    torch.testing.assert_close(
        weight_change({"lora_up.weight": up, "lora_down.weight": down}, WEIGHT), up @ down
    )


def test_a_scale_of_its_own_goes_before_alpha() -> None:
    up, down = rand(6, 2), rand(2, 4)
    parts = {
        "lora_up.weight": up,
        "lora_down.weight": down,
        "alpha": torch.tensor(1.0),
        "scale": torch.tensor(3.0),
    }
    torch.testing.assert_close(weight_change(parts, WEIGHT), 3 * up @ down)


@pytest.mark.parametrize("ranks", [0, 1, 2, 9])
@pytest.mark.parametrize("alpha", [None, 1.0])
def test_only_the_first_ranks_at_the_scale_of_all(ranks: int, alpha: float | None) -> None:
    up, down = rand(6, 2), rand(2, 4)
    parts = {"lora_up.weight": up, "lora_down.weight": down}
    if alpha is not None:
        parts["alpha"] = torch.tensor(alpha)
    expected = (0.5 if alpha else 1) * sum(
        (torch.outer(up[:, k], down[k]) for k in range(min(ranks, 2))), torch.zeros(6, 4)
    )
    torch.testing.assert_close(weight_change(parts, WEIGHT, ranks), expected)


@pytest.mark.parametrize("is_flat", [True, False])
def test_pointwise_convolutions_are_stored_with_and_without_their_kernel(is_flat: bool) -> None:
    up, down = rand(6, 2, 1, 1), rand(2, 4, 1, 1)
    stored = {"lora_up.weight": up, "lora_down.weight": down}
    if is_flat:
        stored = {name: part.flatten(1) for name, part in stored.items()}
    expected = torch.einsum("or,ri->oi", up[..., 0, 0], down[..., 0, 0])
    torch.testing.assert_close(weight_change(stored, rand(6, 4, 1, 1)), expected[..., None, None])
    torch.testing.assert_close(weight_change(stored, WEIGHT), expected)


def test_an_inpainting_models_further_channels_stay() -> None:
    """SPEC: a change of the first convolution, made for 4 channels, is padded with zeros to 9."""
    down, up = rand(2, 4, 3, 3), rand(6, 2, 1, 1)
    parts = {"lora_up.weight": up, "lora_down.weight": down, "alpha": torch.tensor(2.0)}
    change = weight_change(parts, rand(6, 9, 3, 3))
    torch.testing.assert_close(change[:, :4], weight_change(parts, KERNEL))
    assert torch.equal(change[:, 4:], torch.zeros(6, 5, 3, 3))


def test_a_change_made_for_an_inpainting_model_keeps_all_channels() -> None:
    change = rand(6, 9, 3, 3)
    assert torch.equal(weight_change({"diff": change}, rand(6, 9, 3, 3)), change)


def test_a_convolution_in_two_steps_equals_one_with_the_change() -> None:
    down, up = rand(2, 4, 3, 3), rand(6, 2, 1, 1)
    x = rand(1, 4, 8, 8)
    change = weight_change({"lora_up.weight": up, "lora_down.weight": down}, KERNEL)
    two_steps = torch.conv2d(torch.conv2d(x, down, padding=1), up)
    torch.testing.assert_close(torch.conv2d(x, change, padding=1), two_steps, atol=1e-4, rtol=1e-4)


def test_a_convolution_in_three_steps_equals_one_with_the_change() -> None:
    down, middle, up = rand(2, 4, 1, 1), rand(2, 2, 3, 3), rand(6, 2, 1, 1)
    x = rand(1, 4, 8, 8)
    parts = {"lora_up.weight": up, "lora_mid.weight": middle, "lora_down.weight": down}
    three_steps = torch.conv2d(torch.conv2d(torch.conv2d(x, down), middle, padding=1), up)
    one_step = torch.conv2d(x, weight_change(parts, KERNEL), padding=1)
    torch.testing.assert_close(one_step, three_steps, atol=1e-4, rtol=1e-4)


def test_loha_is_the_product_of_two_loras() -> None:
    parts = {
        "hada_w1_a": rand(6, 2),
        "hada_w1_b": rand(2, 4),
        "hada_w2_a": rand(6, 2) + 1,
        "hada_w2_b": rand(2, 4) - 1,
        "alpha": torch.tensor(4.0),
    }
    expected = 2 * (parts["hada_w1_a"] @ parts["hada_w1_b"]) * (parts["hada_w2_a"] @ parts["hada_w2_b"])
    torch.testing.assert_close(weight_change(parts, WEIGHT), expected)


def test_lokr_is_a_kronecker_product() -> None:
    one, two = rand(2, 2), rand(3, 2)
    change = weight_change({"lokr_w1": one, "lokr_w2": two}, WEIGHT)
    for row in range(6):
        for column in range(4):
            expected = one[row // 3, column // 2] * two[row % 3, column % 2]
            torch.testing.assert_close(change[row, column], expected)


def test_lokr_of_low_rank_for_a_convolution() -> None:
    a, b = rand(3, 2), rand(2, 2, 3, 3)
    parts = {"lokr_w1": rand(2, 2), "lokr_w2_a": a, "lokr_w2_b": b, "alpha": torch.tensor(1.0)}
    two = (a @ b.flatten(1)).view(3, 2, 3, 3)
    change = weight_change(parts, KERNEL)
    torch.testing.assert_close(change[3:, 2:], 0.5 * parts["lokr_w1"][1, 1] * two)


def test_loha_in_tucker_form_sums_over_its_middles() -> None:
    parts = {
        "hada_t1": rand(2, 2, 3, 3),
        "hada_w1_a": rand(2, 6),
        "hada_w1_b": rand(2, 4),
        "hada_t2": rand(2, 2, 3, 3) + 1,
        "hada_w2_a": rand(2, 6) - 1,
        "hada_w2_b": rand(2, 4) * 2,
        "alpha": torch.tensor(1.0),
    }

    def factor(t: Tensor, a: Tensor, b: Tensor) -> Tensor:
        total = torch.zeros(6, 4, 3, 3)
        for m in range(2):
            for n in range(2):
                total += a[m].view(6, 1, 1, 1) * b[n].view(1, 4, 1, 1) * t[m, n]
        return total

    one = factor(parts["hada_t1"], parts["hada_w1_a"], parts["hada_w1_b"])
    two = factor(parts["hada_t2"], parts["hada_w2_a"], parts["hada_w2_b"])
    torch.testing.assert_close(weight_change(parts, KERNEL), 0.5 * one * two)


def test_lokr_with_both_factors_of_low_rank_scales_by_the_seconds() -> None:
    parts = {
        "lokr_w1_a": rand(2, 1),
        "lokr_w1_b": rand(1, 2),
        "lokr_w2_a": rand(3, 4),
        "lokr_w2_b": rand(4, 2),
        "alpha": torch.tensor(2.0),
    }
    one, two = parts["lokr_w1_a"] @ parts["lokr_w1_b"], parts["lokr_w2_a"] @ parts["lokr_w2_b"]
    expected = torch.cat([torch.cat([one[i, j] * two for j in range(2)], 1) for i in range(2)], 0)
    torch.testing.assert_close(weight_change(parts, WEIGHT), 2 / 4 * expected)


def test_lokr_in_tucker_form() -> None:
    one, t, a, b = rand(2, 2), rand(2, 2, 3, 3), rand(2, 3), rand(2, 2)
    change = weight_change({"lokr_w1": one, "lokr_t2": t, "lokr_w2_a": a, "lokr_w2_b": b}, KERNEL)
    two = sum(a[m].view(3, 1, 1, 1) * b[n].view(1, 2, 1, 1) * t[m, n] for m in range(2) for n in range(2))
    torch.testing.assert_close(change[:3, 2:], one[0, 1] * two)


@pytest.mark.parametrize("on_input", [True, False])
def test_ia3_scales_a_convolutions_channels(on_input: bool) -> None:
    factors = rand(4) if on_input else rand(6)
    change = weight_change({"weight": factors, "on_input": torch.tensor(on_input)}, KERNEL)
    for out in range(6):
        for inward in range(4):
            factor = factors[inward] if on_input else factors[out]
            torch.testing.assert_close(change[out, inward], KERNEL[out, inward] * factor)


@pytest.mark.parametrize("on_input", [True, False])
def test_ia3_scales_channels(on_input: bool) -> None:
    factors = rand(4) if on_input else rand(6, 1)
    change = weight_change({"weight": factors, "on_input": torch.tensor(on_input)}, WEIGHT)
    expected = WEIGHT * (factors if on_input else factors.view(6, 1))
    torch.testing.assert_close(change, expected)


def test_dora_gives_the_changed_weight_magnitudes_of_its_own() -> None:
    up, down, magnitudes = rand(6, 2), rand(2, 4), rand(1, 4).abs()
    parts = {"lora_up.weight": up, "lora_down.weight": down, "dora_scale": magnitudes}
    result = WEIGHT + weight_change(parts, WEIGHT)
    torch.testing.assert_close(result.norm(dim=0), magnitudes[0])
    direction = WEIGHT + up @ down
    torch.testing.assert_close(result / result.norm(dim=0), direction / direction.norm(dim=0))


def test_dora_for_a_convolution_with_alpha() -> None:
    """The change is scaled before its direction is taken."""
    up, down, magnitudes = rand(6, 2, 1, 1), rand(2, 4, 3, 3), rand(1, 4, 1, 1).abs()
    parts = {
        "lora_up.weight": up,
        "lora_down.weight": down,
        "alpha": torch.tensor(0.5),
        "dora_scale": magnitudes,
    }
    direction = KERNEL + 0.25 * torch.einsum("or,rihw->oihw", up[..., 0, 0], down)
    expected = torch.empty_like(KERNEL)
    for inward in range(4):
        column = direction[:, inward]
        expected[:, inward] = magnitudes[0, inward, 0, 0] * column / column.square().sum().sqrt()
    torch.testing.assert_close(KERNEL + weight_change(parts, KERNEL), expected)


def test_biases_and_normalisation() -> None:
    parts = {"w_norm": rand(4), "b_norm": rand(4) + 1}
    assert torch.equal(weight_change(parts, torch.ones(4)), parts["w_norm"])
    assert bias_change(parts) is parts["b_norm"]
    assert bias_change({"diff_b": WEIGHT}) is WEIGHT
    assert bias_change({"diff": WEIGHT}) is None


def test_dora_per_output_channel() -> None:
    up, down, magnitudes = rand(6, 2), rand(2, 4), rand(6, 1).abs()
    parts = {"lora_up.weight": up, "lora_down.weight": down, "dora_scale": magnitudes}
    torch.testing.assert_close((WEIGHT + weight_change(parts, WEIGHT)).norm(dim=1), magnitudes[:, 0])


def test_the_change_itself_may_be_stored() -> None:
    torch.testing.assert_close(weight_change({"diff": WEIGHT * 2}, WEIGHT), WEIGHT * 2)


@pytest.mark.parametrize(
    ("parts", "words"),
    [({"oft_blocks": rand(2, 2)}, "unknown kind"), ({"diff": rand(2, 2)}, "another kind of model")],
)
def test_what_cannot_be_applied_says_so(parts: dict[str, Tensor], words: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=words):
        weight_change(parts, WEIGHT)
