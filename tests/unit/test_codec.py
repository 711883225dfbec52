import pytest

from underpaint.codec import from_json, to_json, validated
from underpaint.errors import InvalidRequest
from underpaint.request import InpaintRequest, NoiseSettings, Profile, SamplingSettings


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"sampling": {"steps": 0}}, "sampling.steps must lie between 1 and 150, not 0"),
        ({"sampling": {"steps": 2.5}}, "sampling.steps must be of type int"),
        ({"sampling": {"steps": True}}, "sampling.steps must be of type int"),
        ({"sampling": {"denoising_strength": float("nan")}}, "must be a finite number"),
        ({"sampling": {"sampler": "Euler b"}}, "Did you mean 'Euler"),
        ({"sampling": {"stepz": 3}}, "Unknown setting 'sampling.stepz'"),
        ({"canvas": {"width": 100}}, "canvas.width must be a multiple of 8"),
        ({"canvas": {"background": "white"}}, "must be a colour as #rrggbb, not 'white'"),
        ({"prompt": {"positive": "a" * 10_001}}, "may have 10000 characters"),
        ({"prompt": "a cat"}, "prompt must be an object"),
        ({"noise": {"seed": -1}}, "noise.seed must lie between 0"),
        ([], "must be an object"),
    ],
)
def test_bad_values_are_named(data: object, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        from_json(InpaintRequest, data)


def test_direct_construction_is_checked_by_validated() -> None:
    request = InpaintRequest(sampling=SamplingSettings(steps=1000))
    with pytest.raises(InvalidRequest, match=r"sampling\.steps"):
        validated(request)


def test_missing_settings_take_their_defaults() -> None:
    assert from_json(InpaintRequest, {}) == InpaintRequest()


def test_both_profiles_survive_json() -> None:
    for rules in (Profile.a1111(), Profile.studio()):
        request = InpaintRequest(rules=rules, noise=NoiseSettings(seed=4))
        assert from_json(InpaintRequest, to_json(request)) == request
