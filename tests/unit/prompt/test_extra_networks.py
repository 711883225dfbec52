import pytest

from underpaint.prompt.extra_networks import BadTag, NetworkUse, split_networks


def test_tags_are_taken_out_and_spaces_stay() -> None:
    text, uses = split_networks("a <lora:x:0.5> cat <lora:y>")
    assert text == "a  cat "
    assert [use.name for use in uses] == ["x", "y"]


@pytest.mark.parametrize(
    ("tag", "use"),
    [
        ("<lora:x>", NetworkUse(kind="lora", name="x")),
        ("<lora:x:0.5>", NetworkUse(kind="lora", name="x", text_strength=0.5, unet_strength=0.5)),
        ("<lora:x:0.5:-1>", NetworkUse(kind="lora", name="x", text_strength=0.5, unet_strength=-1)),
        ("<lora:x:unet=0>", NetworkUse(kind="lora", name="x", unet_strength=0)),
        ("<lora:x:te=0.2>", NetworkUse(kind="lora", name="x", text_strength=0.2, unet_strength=0.2)),
        ("<lora:x:1:1:4>", NetworkUse(kind="lora", name="x", max_rank=4)),
        ("<lora:x:dyn=4>", NetworkUse(kind="lora", name="x", max_rank=4)),
        ("<hypernet:x:1>", NetworkUse(kind="hypernet", name="x")),
    ],
)
def test_numbers(tag: str, use: NetworkUse) -> None:
    assert split_networks(tag) == ("", (use,))


@pytest.mark.parametrize("text", ["a < b", "<lora>", "<:x>", "<lora:>", "a<3"])
def test_what_is_no_tag_stays(text: str) -> None:
    assert split_networks(text) == (text, ())


def test_a_bad_number_is_named() -> None:
    with pytest.raises(BadTag, match="<lora:x:strong>"):
        split_networks("<lora:x:strong>")


@pytest.mark.parametrize("numbers", ["nan", "inf", "-inf", "1e999", "1:nan", "unet=inf"])
def test_weights_are_finite(numbers: str) -> None:
    with pytest.raises(BadTag, match=f"^The weights in <lora:minty:{numbers}> must be finite numbers"):
        split_networks(f"a <lora:minty:{numbers}> cat")
