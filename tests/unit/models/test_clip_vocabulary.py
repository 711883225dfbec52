import pytest

from underpaint.models import networks
from underpaint.models.clip_vocabulary import merges, vocabulary


def test_sizes() -> None:
    assert len(merges()) == 48894
    assert len(vocabulary()) == 49408
    assert vocabulary()["<|startoftext|>"] == 49406
    assert vocabulary()["<|endoftext|>"] == 49407


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        (",", [267]),
        ("a red circle, on (blue) background", [320, 736, 7117, 267, 525, 263, 1746, 264, 5994]),
        ("don't", [847, 713]),
        ("  Many   SPACES\n", [1346, 9006]),
        ("café naïve", [15304, 1097, 35689, 563]),
        ("東京 😀", [48338, 21078, 361, 7334]),
        ("masterpiece, 1girl", [12066, 267, 272, 1611]),
        ("12345", [272, 273, 274, 275, 276]),
    ],
)
def test_ids_are_those_of_an_independent_tokenizer(text: str, ids: list[int]) -> None:
    """instant-clip-tokenizer 0.1.1, which agreed on 300 random texts made of such words."""
    tokenizer = networks.build_clip_tokenizer()
    assert tokenizer(text, add_special_tokens=False)["input_ids"] == ids
