"""The average of weights that is shipped."""

import pytest
import torch
from torch import nn

from training.runs import Average


def test_an_average_goes_on_where_it_was_saved() -> None:
    layer = nn.Linear(2, 2)
    average, again = Average(layer), Average(nn.Linear(2, 2))
    average.update(layer)
    places = dict(again.values)
    again.load_state_dict(average.state_dict())
    assert again.steps == 1
    assert all(torch.equal(again.values[name], value) for name, value in layer.state_dict().items())
    assert all(again.values[name] is place for name, place in places.items())  # on the device where it was
    saved = {name: value.clone() for name, value in average.values.items()}
    again.update(nn.Linear(2, 2))
    assert all(torch.equal(average.values[name], value) for name, value in saved.items())


def test_an_average_of_another_module_is_refused() -> None:
    with pytest.raises(ValueError, match="another module"):
        Average(nn.Linear(2, 2)).load_state_dict(Average(nn.Conv1d(2, 2, 1, bias=False)).state_dict())
