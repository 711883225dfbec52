import numpy as np

from underpaint.image.sketch import is_painted, sketched

PIXELS = np.array([[[10, 20, 30], [10, 20, 30], [10, 20, 30], [10, 20, 30]]], np.uint8)
SKETCH = np.array([[[200, 0, 100, 255], [200, 0, 100, 128], [200, 0, 100, 0], [200, 0, 100, 255]]], np.uint8)
MASK = np.array([[255, 1, 255, 0]], np.uint8)


def test_paint_covers_by_its_alpha_and_only_where_masked():
    out = sketched(PIXELS, SKETCH, MASK)
    assert out.tolist() == [[[200, 0, 100], [105, 10, 65], [10, 20, 30], [10, 20, 30]]]
    assert PIXELS[0, 0].tolist() == [10, 20, 30]


def test_white_paint_on_white_stays_white():
    white = np.full((1, 255, 3), 255, np.uint8)
    paint = np.dstack([white, np.arange(1, 256, dtype=np.uint8)[None]])
    assert (sketched(white, paint, np.full((1, 255), 255, np.uint8)) == 255).all()


def test_paint_counts_where_it_can_be_seen():
    assert is_painted(SKETCH)
    assert is_painted(SKETCH, MASK)
    assert not is_painted(SKETCH, np.array([[0, 0, 9, 0]], np.uint8))
    assert not is_painted(SKETCH, np.zeros((1, 4), np.uint8))
    assert not is_painted(SKETCH * np.uint8([1, 1, 1, 0]))
