"""New drawings for the pools."""

from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
import pytest
import torch

from training.curriculum import Diet
from training.feeds import Feeds, served
from training.lessons import Controlled, Painting, RepaintingLesson
from training.pool import CAPTIONS, Shape
from training.runs import Worker
from training.text import CONTEXT

DIETS = (Diet(Shape(8, 8), 0.5, 8, 100, 3), Diet(Shape(12, 8), 0.5, 8, 100, 2))
SHARES = np.array([0.5, 0.2, 0.2, 0.1])


def test_a_feed_has_what_its_diet_asks_for() -> None:
    for feed in islice(served(Feeds(RepaintingLesson(), DIETS, SHARES, Worker(0, 1), step=0), helpers=0), 6):
        diet = DIETS[feed.diet_index]
        size = (diet.fresh, 8 * diet.shape.height, 8 * diet.shape.width)
        assert feed.pictures.shape == (*size, 3)
        assert feed.pictures.dtype == torch.uint8
        assert feed.beside is not None
        assert feed.beside.shape == size
        assert feed.ids.shape == (diet.fresh, CAPTIONS, CONTEXT)
        assert len(feed.courses) == diet.fresh


def test_workers_share_the_order_of_diets_but_not_the_drawings() -> None:
    ours, theirs = (
        list(islice(served(Feeds(Painting(), DIETS, SHARES, Worker(rank, 2), step=7), helpers=0), 8))
        for rank in (0, 1)
    )
    assert [feed.diet_index for feed in ours] == [feed.diet_index for feed in theirs]
    assert {feed.diet_index for feed in ours} == {0, 1}
    assert not torch.equal(ours[0].pictures, theirs[0].pictures)


@pytest.fixture
def opencv_threads() -> Iterator[None]:
    """Gives OpenCV back the threads that it had."""
    count = cv2.getNumThreads()
    yield
    cv2.setNumThreads(count)


@pytest.mark.usefixtures("opencv_threads")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
def test_feeds_come_from_other_processes_too_after_opencv_had_threads() -> None:
    cv2.GaussianBlur(np.zeros((2000, 2000, 3), np.uint8), (0, 0), 5)
    feeds = served(Feeds(Controlled(), DIETS, SHARES, Worker(0, 1), step=0), helpers=2)
    first, second = islice(feeds, 2)
    assert cv2.getNumThreads() == 1
    assert first.beside is not None
    assert first.beside.shape == first.pictures.shape
    assert not torch.equal(first.pictures[:1, :8, :8], second.pictures[:1, :8, :8])
