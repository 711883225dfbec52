"""Frozen dataclasses to JSON values and back, and the limits written in their types, checked.

Understands what requests and recipes are made of: nested dataclasses, `StrEnum`, `Annotated` with limits, `X | None`,
`tuple[X, ...]`, `dict[str, X]`, str, int, float and bool. Errors name the field by its path (`sampling.steps`).
"""

import math
import re
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from annotated_types import Interval, MaxLen, MultipleOf

from underpaint.errors import InvalidRequest
from underpaint.request import Matches

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """The value as dicts, strings, numbers, booleans and None."""
    if is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [to_json(item) for item in cast("tuple[Any, ...]", value)]
    return value


def from_json(cls: type[T], data: Any) -> T:
    """Builds `cls` from JSON; missing fields take their defaults, unknown ones are refused. Checks all limits."""
    return _decode(cls, data, "")


def validated(value: T) -> T:
    """The same value, once every type and limit of it is known to hold; raises `InvalidRequest` otherwise."""
    _decode(type(value), to_json(value), "")
    return value


def _decode(hint: Any, data: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *limits = get_args(hint)
        value = _decode(inner, data, path)
        for limit in limits:
            _check_limit(limit, value, path)
        return value
    if origin in (Union, types.UnionType):
        return _decode_optional(hint, data, path)
    if origin in (tuple, dict):
        return _decode_collection(hint, data, path)
    if is_dataclass(hint):
        return _decode_dataclass(hint, data, path)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _decode_choice(hint, data, path)
    return _decode_scalar(hint, data, path)


def _decode_optional(hint: Any, data: Any, path: str) -> Any:
    if data is None:
        return None
    (inner,) = [arg for arg in get_args(hint) if arg is not type(None)]
    return _decode(inner, data, path)


def _decode_collection(hint: Any, data: Any, path: str) -> Any:
    """A list of values of one type becomes a tuple; an object of such values becomes a dict."""
    if get_origin(hint) is tuple:
        inner, _ = get_args(hint)
        if not isinstance(data, list):
            raise InvalidRequest(f"{path} must be a list, not {data!r}.")
        return tuple(_decode(inner, item, f"{path}[{i}]") for i, item in enumerate(data))
    _, inner = get_args(hint)
    if not isinstance(data, dict):
        raise InvalidRequest(f"{path} must be an object, not {data!r}.")
    return {key: _decode(inner, item, _join(path, key)) for key, item in data.items()}


def _decode_dataclass(cls: Any, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise InvalidRequest(f"{path or cls.__name__} must be an object, not {data!r}.")
    all_hints = get_type_hints(cls, include_extras=True)
    hints = {f.name: all_hints[f.name] for f in fields(cls)}
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise InvalidRequest(f"Unknown setting {_join(path, unknown[0])!r}; known here: {', '.join(hints)}.")
    missing = [f.name for f in fields(cls) if f.name not in data and _is_required(f)]
    if missing:
        raise InvalidRequest(f"{_join(path, missing[0])} is missing.")
    return cls(**{name: _decode(hints[name], value, _join(path, name)) for name, value in data.items()})


def _is_required(f: Field[Any]) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _decode_choice(cls: type[StrEnum], data: Any, path: str) -> StrEnum:
    choices = [member.value for member in cls]
    if data in choices:
        return cls(data)
    close = get_close_matches(str(data), choices, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise InvalidRequest(f"{path} {data!r} is not known; choose one of: {', '.join(choices)}.{hint}")


def _decode_scalar(hint: Any, data: Any, path: str) -> Any:
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return data
    if isinstance(data, bool) is not (hint is bool) or not isinstance(data, hint):
        raise InvalidRequest(f"{path} must be of type {hint.__name__}, not {data!r}.")
    if isinstance(data, str) and not _is_unicode(data):
        raise InvalidRequest(
            f"{path} holds characters that are not valid Unicode; check the text's encoding."
        )
    if isinstance(data, float) and not math.isfinite(data):
        raise InvalidRequest(f"{path} must be a finite number, not {data}.")
    return data


def _is_unicode(text: str) -> bool:
    """False for text with lone surrogates, which bytes in a wrong encoding become on a command line."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _check_limit(limit: Any, value: Any, path: str) -> None:
    match limit:
        case Interval(ge=low, le=high):
            if not low <= value <= high:
                raise InvalidRequest(f"{path} must lie between {low} and {high}, not {value}.")
        case MultipleOf(multiple_of=step):
            if value % step:
                raise InvalidRequest(f"{path} must be a multiple of {step}, not {value}.")
        case MaxLen(max_length=longest):
            if len(value) > longest:
                what = "characters" if isinstance(value, str) else "entries"
                raise InvalidRequest(f"{path} may have {longest} {what}; this one has {len(value)}.")
        case Matches(pattern=pattern, in_words=form):
            if not re.fullmatch(pattern, value):
                raise InvalidRequest(f"{path} must be {form}, not {value!r}.")
        case _:
            raise AssertionError(f"{path} has a limit nobody checks: {limit!r}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
