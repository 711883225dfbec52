"""A short storm of `make torture`."""

from pathlib import Path

from benchmarks.torture import torture


def test_ten_kills_lose_nothing(tmp_path: Path):
    report = torture(tmp_path, kills=10, seconds=90)
    assert report.problems == []
    assert report.kills.total() == 10
    assert report.images > report.jobs > 4
