"""How far a job is, on a clock of its own."""

from underpaint.request import NoiseSettings
from underpaint.sampling.noise import seeds_of_images
from underpaint.server.job_views import seed_of_image
from underpaint.server.messages import Painting
from underpaint.server.progress import Live, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def painting(
    phase: str, *images: int, step: int = 0, steps: int = 0, preview: bytes | None = None
) -> Painting:
    return Painting(job_id="a", phase=phase, images=images, step=step, steps=steps, preview=preview)


def test_the_time_left_follows_from_the_steps_so_far():
    clock = Clock()
    pace = Pace(images=3, batch_size=1, settled=[0], clock=clock)
    begun = pace.hear(painting("sample", 1, steps=4))
    assert (begun.image, begun.images, begun.share, begun.eta_s) == (1, 3, 1 / 3, None)
    clock.now += 2
    told = pace.hear(painting("sample", 1, step=1, steps=4, preview=b"webp"))
    assert (told.share, told.eta_s, told.preview) == ((1 + 0.25) / 3, 14.0, 1)
    clock.now += 6
    told = pace.hear(painting("decode", 1))
    assert (told.phase, told.step, told.steps, told.eta_s) == ("decode", 4, 4, 8.0)
    clock.now += 2
    pace.settle([1])
    told = pace.hear(painting("sample", 2, steps=4))
    assert (told.image, told.share, told.eta_s) == (2, 2 / 3, 10.0)


def test_a_skipped_image_does_not_count_as_made():
    clock = Clock()
    pace = Pace(images=3, batch_size=1, settled=[], clock=clock)
    pace.hear(painting("sample", 0, steps=4))
    clock.now += 2
    pace.hear(painting("sample", 0, step=2, steps=4))
    pace.settle([0])
    told = pace.hear(painting("sample", 1, steps=4))
    assert (told.image, told.eta_s) == (1, 8.0)


def test_images_of_a_batch_are_made_together():
    pace = Pace(images=4, batch_size=2, settled=[], clock=Clock())
    assert pace.hear(painting("sample", 0, 1, step=1, steps=2)).share == 0.25
    assert pace.making == (0, 1)
    pace.settle([0])
    assert pace.hear(painting("decode", 0, 1)).share == 0.5


def test_previews_are_of_one_job():
    live, pace = Live(), Pace(images=1, batch_size=1, settled=[])
    live.tell("a", pace.hear(painting("sample", 0, step=1, steps=2)), b"webp")
    live.tell("a", pace.hear(painting("sample", 0, step=2, steps=2)), None)
    assert (live.preview("a"), live.preview("b"), live.progress("b")) == (b"webp", None, None)
    live.forget()
    assert (live.preview("a"), live.progress("a")) == (b"webp", None), (
        "who was told of it may come a little later"
    )
    live.tell("b", pace.hear(painting("loading")), None)
    assert (live.preview("a"), live.preview("b")) == (b"webp", None)
    live.tell("b", pace.hear(painting("sample", 0, step=1, steps=2)), b"other")
    assert (live.preview("a"), live.preview("b")) == (None, b"other")


def test_seeds_are_those_of_the_library():
    for noise in (
        NoiseSettings(seed=7, subseed=3),
        NoiseSettings(seed=7, subseed=3, subseed_strength=0.5),
    ):
        assert [seed_of_image(noise, index) for index in range(4)] == seeds_of_images(noise, 4)[0]
