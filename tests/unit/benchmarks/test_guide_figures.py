"""What the guide's experiments measure, on pictures whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.guide import pixels, wording
from benchmarks.guide.estimates import mean, mean_difference, share, share_difference
from benchmarks.guide.experiment import Answer, Check, Gallery, Measure, Readings, Verdict, verdict
from training.seam import seam_score

SIDE = 96


def disc() -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.where((x - 48) ** 2 + (y - 48) ** 2 < 24**2, 255, 0).astype(np.uint8)


def texture(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 12, (SIDE, SIDE, 3))
    return np.clip(120 + noise, 0, 255).astype(np.uint8)


def ramp() -> np.ndarray:
    return np.repeat(np.linspace(40, 200, SIDE)[None, :, None], SIDE, 0).repeat(3, 2).astype(np.uint8)


def shifted(picture: np.ndarray, by: int) -> np.ndarray:
    """The picture with everything inside the disc lighter."""
    return np.where(disc()[..., None] > 0, np.clip(picture.astype(int) + by, 0, 255), picture).astype(
        np.uint8
    )


@pytest.mark.parametrize("picture", [texture(), ramp()], ids=["texture", "ramp"])
def test_an_untouched_picture_has_no_seam(picture: np.ndarray) -> None:
    assert seam_score(picture, disc()) == pytest.approx(1, abs=0.12)


def test_the_seam_score_grows_with_the_jump() -> None:
    scores = [seam_score(shifted(ramp(), by), disc()) for by in (0, 10, 40)]
    assert scores[0] < 1.1
    assert 2 < scores[1] < scores[2]


def test_a_jump_elsewhere_is_no_seam() -> None:
    apart = np.zeros((SIDE, SIDE), np.uint8)
    apart[40:56, 4:14] = 255
    assert seam_score(shifted(texture(), 40), apart) < 1.2


def test_sharpness_and_mottling_fall_with_blur() -> None:
    import cv2

    sharp = texture()
    soft = cv2.GaussianBlur(sharp, (0, 0), 1.5)
    assert pixels.sharpness(soft, disc()) < 0.1 * pixels.sharpness(sharp, disc())
    assert pixels.mottling(soft, disc()) < 0.5 * pixels.mottling(sharp, disc())


def test_spots_of_a_latent_cell_are_mottling_and_a_ramp_is_none() -> None:
    spots = np.random.default_rng(1).integers(60, 200, (SIDE // 8, SIDE // 8, 3), dtype=np.uint8)
    spotted = spots.repeat(8, 0).repeat(8, 1)
    assert pixels.mottling(ramp(), disc()) < 0.5
    assert pixels.mottling(spotted, disc()) > 15


def test_structure_matches_itself_under_other_light_and_nothing_else() -> None:
    whole = np.full((SIDE, SIDE), 255, np.uint8)
    brighter = np.clip(texture().astype(int) + 20, 0, 255).astype(np.uint8)
    assert pixels.structure_match(texture(), brighter, whole) > 0.98
    assert abs(pixels.structure_match(texture(), texture(1), whole)) < 0.1


def test_a_colour_lies_on_the_way_between_two_others() -> None:
    red, blue = np.array([50, 60, 40.0]), np.array([40, 10, -50.0])
    assert pixels.share_of_way(red, red, blue) == 0
    assert pixels.share_of_way(blue, red, blue) == 1
    assert pixels.share_of_way(0.75 * red + 0.25 * blue, red, blue) == pytest.approx(0.25)


def test_a_silhouette_is_what_differs_from_the_land() -> None:
    found = pixels.silhouette(shifted(ramp(), 60), ramp(), np.full((SIDE, SIDE), 255, np.uint8))
    assert pixels.overlap(found, disc() > 0) > 0.9


def test_overlap_of_nothing_with_nothing_is_whole() -> None:
    nothing, something = np.zeros((4, 4), bool), np.ones((4, 4), bool)
    assert pixels.overlap(nothing, nothing) == 1
    assert pixels.overlap(nothing, something) == 0


def test_wilson_interval() -> None:
    """Newcombe 1998, table I: 81 of 263 and 0 of 20."""
    assert share([1] * 81 + [0] * 182).low == pytest.approx(0.2553, abs=5e-5)
    assert share([1] * 81 + [0] * 182).high == pytest.approx(0.3662, abs=5e-5)
    assert (share([0] * 20).low, share([0] * 20).high) == (0, pytest.approx(0.1611, abs=5e-5))


def test_newcombe_interval() -> None:
    """Newcombe 1998, paired data, method 10: 36 pairs with both, 12 with the first alone, 2 with the other alone."""
    found = share_difference([1] * 48 + [0] * 2, [1] * 36 + [0] * 12 + [1] * 2)
    assert (found.value, found.low, found.high) == (
        pytest.approx(0.2),
        pytest.approx(0.0569, abs=5e-5),
        pytest.approx(0.3404, abs=5e-5),
    )


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_interval_of_a_difference_holds_it_and_turns_with_it(pairs: list[tuple[bool, bool]]) -> None:
    hits, others = zip(*pairs, strict=True)
    one, other = share_difference(hits, others), share_difference(others, hits)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))


def test_pairs_that_agree_tell_more_than_as_many_that_do_not() -> None:
    hits, shuffled = [1] * 28 + [0] * 4, [0] * 4 + [1] * 28
    alike, apart = share_difference(hits, hits), share_difference(hits, shuffled)
    assert alike.value == apart.value == 0
    assert alike.high < apart.high


def test_bootstrap_interval_is_about_two_standard_errors_wide_and_always_the_same() -> None:
    values = np.random.default_rng(3).normal(5, 2, 64).tolist()
    found = mean(values)
    assert found == mean(values)
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.std(values) / 8, rel=0.1)


def test_pairs_are_compared_pair_by_pair() -> None:
    levels = np.random.default_rng(4).normal(0, 50, 32)
    found = mean_difference((levels + 1).tolist(), levels.tolist())
    assert found.low == pytest.approx(1)
    assert found.high == pytest.approx(1)


VALUES = {
    "all": [0.9, 1.0, 1.1, 1.0],
    "none": [0.0, 0.1, -0.1, 0.0],
    "sometimes more": [0.0, 0.1, -0.1, 1.0],
    "more or less": [0.3, -0.2, -0.4, 0.3],
}
LEVEL = Measure(name="level", of=lambda _, arm: VALUES[arm])


def level(arm: str, than: str | None = None, **bounds: float) -> Check:
    return Check(says="", measure=LEVEL, arm=arm, than=than, **bounds)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (level("all", least=0.8), Answer.YES),
        (level("all", most=0.8), Answer.NO),
        (level("all", least=1.0), Answer.OPEN),
        (level("all", "none", least=0.5), Answer.YES),
        (level("none", "all", least=0.5), Answer.NO),
        (level("none", least=-0.2, most=0.2), Answer.YES),
    ],
    ids=["above", "not below", "on the bound", "difference", "other way round", "between"],
)
def test_a_check_holds_with_its_whole_interval(check: Check, answer: Answer) -> None:
    assert check.finding(Readings({})).answer is answer


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (level("all", "none", least=0), Answer.YES),
        (level("none", "all", most=0), Answer.YES),
        (level("none", "none", least=0), Answer.NO),
        (level("none", "none", most=0), Answer.NO),
        (level("sometimes more", "none", least=0), Answer.OPEN),
        (level("more or less", "none", least=0), Answer.OPEN),
        (level("none", "none", least=-0.1), Answer.YES),
        (level("none", "none", least=0, most=0), Answer.YES),
        (level("none", least=0), Answer.OPEN),
    ],
    ids=[
        "more",
        "less",
        "no more",
        "no less",
        "more or equal",
        "either way",
        "no worse",
        "the same",
        "a level, no difference",
    ],
)
def test_no_difference_is_none_that_was_claimed(check: Check, answer: Answer) -> None:
    assert check.finding(Readings({})).answer is answer


def test_an_equal_figure_points_at_no_difference() -> None:
    assert not level("none", "none", least=0).finding(Readings({})).points_right
    assert level("none", "none", least=-0.1).finding(Readings({})).points_right


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (level("all", least=0), "at least 0.00"),
        (level("all", "none", least=0), "more than 0.00"),
        (level("all", "none", most=0), "less than 0.00"),
        (level("all", "none", least=0.5), "at least +0.50"),
        (level("all", "none", most=-0.5), "at most \N{MINUS SIGN}0.50"),
        (level("all", "none", least=-2, most=2), "between \N{MINUS SIGN}2.00 and +2.00"),
        (level("all", least=2, most=2), "exactly 2.00"),
    ],
    ids=["level", "more", "less", "much more", "much less", "alike", "exactly"],
)
def test_bounds_are_told_as_they_are_judged(check: Check, words: str) -> None:
    assert wording.bound(check) == words


def test_a_measure_is_read_once_for_every_arm() -> None:
    asked: list[str] = []

    def of(gallery: Gallery, arm: str) -> list[float]:
        asked.append(arm)
        return VALUES[arm]

    measure = Measure(name="counted", of=of)
    check = Check(says="", measure=measure, arm="all", than="none", least=0)
    readings = Readings({})
    assert readings.estimate(measure, "all").value == pytest.approx(1)
    assert check.finding(readings) == check.finding(readings)
    assert asked == ["all", "none"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("yes yes", Verdict.CONFIRMED),
        ("yes no", Verdict.DEPENDS),
        ("yes open", Verdict.DEPENDS),
        ("no open", Verdict.NOT_CONFIRMED),
        ("open", Verdict.NOT_CONFIRMED),
    ],
)
def test_the_rule_of_verdicts(answers: str, expected: Verdict) -> None:
    assert verdict([Answer[name.upper()] for name in answers.split()]) is expected
