from dataclasses import replace

import pytest

from underpaint.errors import InvalidRequest
from underpaint.request import EditTimes, InpaintRequest, Profile, PromptSettings, Sampler, SamplingSettings
from underpaint.texts import texts_of


def texts_at_calls(request: InpaintRequest, calls: int) -> list[str]:
    texts = texts_of(request, from_picture=True)
    (part,) = texts.positive
    return [part.texts[texts.timeline.stretch_at(part.stretches, call)] for call in range(calls)]


def asking(prompt: str, **sampling: object) -> InpaintRequest:
    settings = SamplingSettings(**{"steps": 8, "denoising_strength": 0.5, **sampling})
    return InpaintRequest(prompt=PromptSettings(positive=prompt), sampling=settings)


def test_an_edit_at_half_takes_place_at_half_of_the_steps_that_run() -> None:
    assert texts_at_calls(asking("[a:b:0.5]"), 4) == ["a", "a", "b", "b"]


def test_steps_of_second_order_samplers_count_once() -> None:
    assert texts_at_calls(asking("[a:b:1]", sampler=Sampler.HEUN), 5) == ["a", "a", "b", "b", "b"]


def test_calls_beyond_the_plan_keep_the_last_text() -> None:
    assert texts_at_calls(asking("[a:b:1]"), 6)[4:] == ["b", "b"]


def test_a1111s_first_text_holds_one_call_longer_and_its_timeline_ignores_the_strength() -> None:
    request = replace(asking("[a:b:0.5]"), rules=Profile.a1111())
    assert texts_at_calls(request, 8) == ["a"] * 5 + ["b"] * 3
    assert texts_at_calls(replace(asking("[a|b]"), rules=Profile.a1111()), 4) == ["a", "a", "b", "a"]


def test_past_the_end_of_a1111s_timeline_the_first_text_holds() -> None:
    request = replace(asking("[a:b:1]"), rules=Profile.a1111())
    assert texts_at_calls(request, 10)[8:] == ["b", "a"]


def test_tags_of_networks_are_no_text() -> None:
    texts = texts_of(asking("a <lora:x:0.5> b"), from_picture=False)
    assert list(texts.all_texts()) == ["a  b", ""]
    assert [(use.name, use.unet_strength) for use in texts.uses] == [("x", 0.5)]


def test_a_strength_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="cannot be read"):
        texts_of(asking("<lora:x:strong>"), from_picture=False)


def test_times_of_edits_can_be_read_the_old_way() -> None:
    prompt = PromptSettings(positive="[a:b:1.0]", edit_times=EditTimes.BELOW_ONE)
    assert texts_at_calls(replace(asking(""), prompt=prompt), 3) == ["a", "b", "b"]
    assert texts_at_calls(asking("[a:b:1.0]"), 3) == ["a", "a", "a"]
