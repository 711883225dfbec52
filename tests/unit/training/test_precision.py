import pytest
import torch

from training import runs


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        pytest.param({torch.bfloat16: 0.002, torch.float32: 0.001}, torch.float32, id="imitated"),
        pytest.param({torch.bfloat16: 0.001, torch.float32: 0.002}, torch.bfloat16, id="built in"),
    ],
)
def test_bfloat16_is_used_only_where_it_is_faster(
    seconds: dict[torch.dtype, float], chosen: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_multiply_s", seconds.__getitem__)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    runs.fast_type.cache_clear()
    try:
        with runs.autocast():
            product = torch.ones(2, 2) @ torch.ones(2, 2)
    finally:
        runs.fast_type.cache_clear()
    assert product.dtype is chosen
