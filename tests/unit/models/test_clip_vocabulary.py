import random

import pytest
from ftfy import fix_text

from tests.unit.models.plain_bpe import tokens_of
from underpaint.models import networks
from underpaint.models.clip_vocabulary import merges, vocabulary
from underpaint.models.stable_diffusion import StableDiffusion


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


PIECES = [
    *(
        "a",
        "cat",
        "masterpiece",
        "best quality",
        "CAT",
        "Don't",
        "we'LL",
        "they've",
        "it's",
        "'s",
        "'",
        "''s",
        "rock'n'roll",
        "1girl",
    ),
    *(
        "3.14",
        "2024",
        "½",
        "٣",
        "Ⅷ",
        "²",
        ",",
        ", ",
        "...",
        "!?",
        "(:1.2)",
        "[x|y]",
        "<lora:a:1>",
        "\\(",
        "_",
        "-",
        "--",
        "#",
        "$",
    ),
    *(
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\u00a0",
        "\u2003",
        "\u200b",
        "\x00",
        "\x07",
        "\x1b[1m",
        "\x7f",
        "\ufeff",
    ),
    *(
        "café",
        "cafe\u0301",
        "naïve",
        "straße",
        "ΟΔΟΣ",
        "привет",
        "中文",
        "日本語のテキスト",
        "한국어",
        "हिन्दी",
        "ไทย",
        "עברית",
        "العربية",
    ),
    *("😀", "👩‍👩‍👧", "🏳️‍🌈", "❤️", "★", "“quote”", "don’t", "，", "ﬁ", "ＡＢＣ", "…", "—", "&amp;", "schÃ¶n"),
    *(
        "<|endoftext|>",
        "<|startoftext|>",
        "<|endoftext",
        "a" * 40,
        "ß" * 9,
        "supercalifragilisticexpialidocious",
    ),
]
LETTERS = [
    chr(code)
    for first, last in (
        (0x20, 0x17F),
        (0x370, 0x3FF),
        (0x400, 0x45F),
        (0x2010, 0x2044),
        (0x3041, 0x30FF),
        (0x4E00, 0x4E80),
        (0x1F600, 0x1F64F),
    )
    for code in range(first, last)
]


def random_text(chance: random.Random) -> str:
    pieces = chance.choices(PIECES, k=chance.randint(0, 6))
    letters = "".join(chance.choices(LETTERS, k=chance.randint(0, 8)))
    pieces.insert(chance.randint(0, len(pieces)), letters)
    return chance.choice(["", " "]).join(pieces)


def test_thousands_of_texts_against_a_plain_implementation(tiny_sd1: StableDiffusion) -> None:
    chance = random.Random(1)
    texts = [*PIECES, *LETTERS, *(random_text(chance) for _ in range(5000))]
    for text in texts:
        plain = " ".join(fix_text(text).split()).lower()
        assert tiny_sd1.text.tokenize(text) == tokens_of(plain), ascii(text)


def test_every_id_is_that_of_its_place_in_the_vocabulary() -> None:
    """The tokenizer class makes up three tokens where it is given none."""
    tokenizer = networks.build_clip_tokenizer()
    assert tokenizer.get_vocab() == vocabulary()
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (49406, 49407, 49407)
