"""Any valid request survives JSON, and any recipe survives its PNG."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from annotated_types import Interval, MaxLen, MultipleOf
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint.codec import from_json, to_json, validated
from underpaint.image.io import read_png_text
from underpaint.image.png import encode_png
from underpaint.metadata import png_text, recipe_from_png_text
from underpaint.request import InpaintRequest, Matches
from underpaint.result import Recipe

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Everything a field of this type may hold."""
    if get_origin(hint) is Annotated:
        return values_within(*get_args(hint))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if type(None) in get_args(hint):
        (inner,) = [arg for arg in get_args(hint) if arg is not type(None)]
        return st.none() | values(inner)
    if is_dataclass(hint):
        return requests(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    return {bool: st.booleans(), str: TEXT}[hint]


def values_within(inner: Any, limit: Any, *more: Any) -> st.SearchStrategy[Any]:
    """Values that keep the limits of an annotation."""
    if isinstance(limit, Matches):
        return st.from_regex(limit.pattern, fullmatch=True)
    if isinstance(limit, MaxLen):
        return TEXT if inner is str else values(inner)
    assert isinstance(limit, Interval)
    if inner is float:
        return st.floats(limit.ge, limit.le)
    step = next((m.multiple_of for m in more if isinstance(m, MultipleOf)), 1)
    return st.integers(limit.ge // step, limit.le // step).map(lambda n: n * step)


def requests(cls: Any = InpaintRequest) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls, include_extras=True)
    return st.builds(cls, **{f.name: values(hints[f.name]) for f in fields(cls)})


@given(requests())
@settings(deadline=None)
def test_requests_survive_json(request: InpaintRequest) -> None:
    assert from_json(InpaintRequest, to_json(request)) == request
    assert validated(request) == request


@given(requests(), st.integers(0, 2**32 - 1), TEXT)
@settings(deadline=None, max_examples=40)
def test_recipes_survive_the_png(request: InpaintRequest, seed: int, name: str) -> None:
    import numpy as np

    recipe = Recipe(
        request=request,
        image_index=0,
        seed=seed,
        subseed=0,
        model_name=name,
        model_sha256="ab" * 32,
        device="cpu",
        picture_sha256=("cd" * 32,),
    )
    data = encode_png(np.zeros((1, 1, 3), np.uint8), text=png_text(recipe))
    assert recipe_from_png_text(read_png_text(data)) == recipe
