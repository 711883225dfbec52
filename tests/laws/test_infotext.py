"""Whatever text a file brings is taken apart without a complaint, and nothing of it gets lost."""

from hypothesis import given
from hypothesis import strategies as st

from underpaint.a1111_paste import pasted
from underpaint.a1111_text import BODY, MEANT_FOR_PEOPLE, OPTIONS, OWN, SIZES, request_from_text
from underpaint.metadata import parse_infotext

keys = st.sampled_from(
    [*BODY, *OPTIONS, *OWN, *SIZES, *MEANT_FOR_PEOPLE, "Hires upscale", "Unknown key", "First pass size"]
)
values = st.sampled_from(
    ["1", "0.5", "512x512", "-1", "nan", "inf", "True", "Karras", "Euler a", "1e999", "", '"', '"a, b"']
) | st.text(max_size=8)
settings = st.lists(st.tuples(keys, values), max_size=12).map(
    lambda pairs: ", ".join(f"{key}: {value}" for key, value in pairs)
)
texts = st.text() | st.tuples(st.text(max_size=20), st.text(max_size=20), settings).map(
    lambda parts: f"{parts[0]}\nNegative prompt: {parts[1]}\nSteps: 20, Seed: 1, {parts[2]}"
)


@given(texts)
def test_no_text_is_refused(text: str) -> None:
    parsed = parse_infotext(text)
    request, notes = request_from_text(parsed)
    assert request.prompt.positive[:10] == parsed.prompt.encode(errors="replace").decode()[:10]
    for key, value in parsed.settings.items():
        is_known = any(key in keys for keys in (BODY, OPTIONS, OWN, SIZES, MEANT_FOR_PEOPLE))
        assert (
            is_known or key.startswith("Soft inpainting") or any(f"{key}: {value}" in note for note in notes)
        )


@given(texts)
def test_a1111s_own_reading_takes_any_text(text: str) -> None:
    assert isinstance(pasted(text)["Prompt"], str)
