"""Where a picture of one shape comes to lie in another: whole numbers only, as A1111 rounds them."""

from underpaint.geometry import Box, Size


def fitting(size: Size, target: Size) -> Size:
    """`size` scaled until it just fits into `target`; one side is the target's, the other rounded down."""
    if target.width * size.height < size.width * target.height:
        return Size(target.width, max(1, size.height * target.width // size.width))
    return Size(max(1, size.width * target.height // size.height), target.height)


def covering(size: Size, target: Size) -> Size:
    """`size` scaled until it just covers `target`; one side is the target's, the other rounded down."""
    if target.width * size.height > size.width * target.height:
        return Size(target.width, size.height * target.width // size.width)
    return Size(size.width * target.height // size.height, target.height)


def centred(size: Size, within: Size) -> Box:
    """A box of `size` in the middle of `within`; its corner is negative where it is the larger one."""
    return Box(within.width // 2 - size.width // 2, within.height // 2 - size.height // 2, *size)
