"""Muon."""

import torch
from torch import nn

from training.muon import Muon, orthogonalised
from training.runs import Worker


def test_an_orthogonalised_matrix_treats_all_directions_nearly_alike() -> None:
    torch.manual_seed(0)
    matrix = torch.randn(24, 40) * torch.logspace(0, -1.5, 24)[:, None]
    strengths = torch.linalg.svdvals(orthogonalised(matrix, iterations=8).float())
    assert strengths.min() > 0.6
    assert strengths.max() < 1.4


def test_matrices_in_a_batch_are_orthogonalised_one_by_one() -> None:
    torch.manual_seed(0)
    for shape in ((3, 8, 20), (3, 20, 8)):
        batch = torch.randn(shape)
        alone = torch.stack([orthogonalised(matrix) for matrix in batch])
        assert torch.allclose(orthogonalised(batch), alone, atol=0.02)


def test_muon_finds_a_matrix_when_there_is_nothing_else_to_learn() -> None:
    torch.manual_seed(0)
    layer, wanted = nn.Linear(6, 4, bias=False), torch.randn(4, 6)
    optimizer = Muon(layer.named_parameters(), Worker(0, 1))
    for step in range(400):
        layer.zero_grad()
        (layer.weight - wanted).square().mean().backward()
        optimizer.step(0.1 * (1 - step / 400))
    assert (layer.weight - wanted).abs().max() < 0.05


def test_workers_share_out_all_matrices_and_none_twice() -> None:
    module = nn.Sequential(*(nn.Linear(width, 8, bias=False) for width in (4, 8, 8, 16)))
    ours, theirs = (Muon(module.named_parameters(), Worker(rank, 2)).own for rank in (0, 1))
    places = [place for group in (*ours, *theirs) for place in group]
    assert sorted(places) == [0, 1, 2, 3]
    assert ours
    assert theirs
