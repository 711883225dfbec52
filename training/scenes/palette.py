"""The named colours of the scenes and the paints each name stands for."""

from __future__ import annotations

from typing import NamedTuple


class Shade(NamedTuple):
    """Three tones of one painted surface, as 0xRRGGBB."""

    base: int
    dark: int
    light: int


PAINT: dict[str, Shade] = {
    "red": Shade(0xD93A3C, 0x9C2338, 0xF47A68),
    "blue": Shade(0x3D74D8, 0x294C9E, 0x82ADF4),
    "green": Shade(0x3DA565, 0x25744A, 0x82D39A),
    "yellow": Shade(0xF8D247, 0xD69A26, 0xFFEC98),
    "white": Shade(0xFBF6EE, 0xD3C5D0, 0xFFFFFF),
    "pink": Shade(0xF898C0, 0xD6629A, 0xFFCBE0),
    "purple": Shade(0x8A55C8, 0x5C3596, 0xBB90EA),
    "orange": Shade(0xF4862C, 0xC25A1C, 0xFFB670),
    "black": Shade(0x3B3748, 0x211E2C, 0x656078),
}
HAIR: dict[str, Shade] = {
    "red": Shade(0xD5482F, 0xA2301F, 0xF08A55),
    "black": Shade(0x38323F, 0x201B28, 0x6B6179),
    "blonde": Shade(0xF4C95E, 0xC8903A, 0xFFEBA8),
    "brown": Shade(0x80502F, 0x57331F, 0xB5814F),
    "blue": Shade(0x3F80D2, 0x28559A, 0x8CBEF5),
    "pink": Shade(0xF48FB6, 0xC75C8B, 0xFFC9DC),
}
EYES: dict[str, Shade] = {
    "blue": Shade(0x3C8BE0, 0x1D4A8C, 0x8FCBFF),
    "green": Shade(0x36A85C, 0x17603A, 0x92E29C),
    "brown": Shade(0x8E5430, 0x4F2A1A, 0xD79A5E),
    "purple": Shade(0x8D52D2, 0x4E2A86, 0xCBA0F8),
}
FUR: dict[str, Shade] = {
    "orange": Shade(0xE88B42, 0xB85F2B, 0xFBE6CB),
    "black": Shade(0x3E3A4A, 0x24212E, 0x625D72),
    "white": Shade(0xFAF5EE, 0xD5C9D2, 0xFFFFFF),
    "grey": Shade(0x979DAC, 0x6A7082, 0xE2E5EB),
    "brown": Shade(0x82522F, 0x56341F, 0xDDBB96),
}
LEAVES: dict[str, tuple[int, int, int, int]] = {
    "green": (0x28512E, 0x3E7A36, 0x6D9C3C, 0xBFCB5A),
    "yellow": (0x9A701E, 0xD3A024, 0xF2C93E, 0xFFEB8C),
    "red": (0x6E1A26, 0xA8282E, 0xD24238, 0xF27C60),
    "pink": (0x9C4A76, 0xD06F9E, 0xF2A2C2, 0xFFDAE4),
    "orange": (0x86400F, 0xC4601A, 0xEC872A, 0xFFBA62),
}

DRESS_COLOURS = tuple(PAINT)
ROOF_COLOURS = tuple(name for name in PAINT if name != "black")
PETAL_COLOURS = ROOF_COLOURS
HAIR_COLOURS = tuple(HAIR)
EYE_COLOURS = tuple(EYES)
FUR_COLOURS = tuple(FUR)
LEAF_COLOURS = tuple(LEAVES)
COLOURS = (*PAINT, "brown", "grey", "blonde")

PART_COLOURS: dict[str, tuple[str, ...]] = {
    "dress": DRESS_COLOURS,
    "hair": HAIR_COLOURS,
    "eyes": EYE_COLOURS,
    "fur": FUR_COLOURS,
    "leaves": LEAF_COLOURS,
    "roof": ROOF_COLOURS,
    "petals": PETAL_COLOURS,
}


class Air(NamedTuple):
    """The colours of one time of day above the horizon."""

    sky: tuple[int, int, int, int, int]
    cloud: int
    tint: int
    """What the light mixes into every subject ..."""
    amount: float
    """... and how much of it."""


AIR: dict[str, Air] = {
    "day": Air((0x3F86C6, 0x63A8DC, 0x96CAEA, 0xC8E4F0, 0xF1F3E2), 0xFFFFFF, 0xFFFFFF, 0.0),
    "sunset": Air((0x2F3468, 0x6A4784, 0xC25D79, 0xF58D5F, 0xFFD795), 0xFFB69A, 0xE8783C, 0.06),
    "night": Air((0x0B1230, 0x16224C, 0x263A6B, 0x3D5385, 0x6C7FA6), 0x33477A, 0x2A3C7A, 0.1),
}


class Land(NamedTuple):
    """Hills, ground from horizon to foreground, and three texture tones."""

    far: int
    near: int
    top: int
    bottom: int
    bright: int
    middle: int
    deep: int


LAND: dict[tuple[str, str], Land] = {
    ("field", "day"): Land(0x86A9B8, 0x7BA37C, 0xEBCB58, 0xB1842E, 0xFBE79A, 0xC99C38, 0x94742A),
    ("field", "sunset"): Land(0x9A5A7C, 0x8B4F5F, 0xF2B25A, 0x8A5326, 0xFFD27F, 0xC9803A, 0x96561F),
    ("field", "night"): Land(0x22345F, 0x1F2C50, 0x8A774E, 0x453C40, 0xB9A066, 0x6C6052, 0x38353F),
    ("grass", "day"): Land(0x8FB8C8, 0x6FA680, 0x93D35C, 0x3F9142, 0xBDEB80, 0x55A548, 0x30803C),
    ("grass", "sunset"): Land(0x9A5A7C, 0x77575F, 0xAFAA48, 0x4B6A2C, 0xDDCF66, 0x7E8F3A, 0x3F5C2A),
    ("grass", "night"): Land(0x22345F, 0x1C3A50, 0x34735A, 0x173C38, 0x55A07C, 0x27604F, 0x143834),
    ("snow", "day"): Land(0xA4C2DE, 0xC3D9EB, 0xF8FCFF, 0xC6DBF0, 0xFFFFFF, 0xDCE9F6, 0xA9C6E4),
    ("snow", "sunset"): Land(0x9A6A92, 0xC08AA6, 0xFFE9DE, 0xC9A8D2, 0xFFF6EE, 0xE8C8D6, 0xA98ABE),
    ("snow", "night"): Land(0x2C3F72, 0x4C639A, 0xC0D2F2, 0x6E88C2, 0xE0EAFC, 0x9CB2E0, 0x5A72AE),
    ("sand", "day"): Land(0xDDBE88, 0xEACB94, 0xF8E4B8, 0xDDB47A, 0xFFF2D2, 0xE9C892, 0xC99C62),
    ("sand", "sunset"): Land(0xA8627C, 0xD0866C, 0xFFD39C, 0xC57E50, 0xFFE6BC, 0xE8A872, 0xA8643E),
    ("sand", "night"): Land(0x38406E, 0x5C5878, 0xB09C90, 0x655868, 0xD2BEAC, 0x94827F, 0x4E4458),
    ("sea", "day"): Land(0x8FB8CC, 0x6FA690, 0x6CC4E2, 0x2B82C0, 0xE6F8FF, 0x8AD4EC, 0x2C78B4),
    ("sea", "sunset"): Land(0x8A557E, 0x74486E, 0xF7A070, 0x5A4486, 0xFFE2A8, 0xD97C78, 0x4C3C7A),
    ("sea", "night"): Land(0x22345F, 0x1B2A4D, 0x4A69A6, 0x13234E, 0xB4CCF2, 0x6080BC, 0x10204A),
}
