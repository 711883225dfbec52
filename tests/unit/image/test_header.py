"""What files say beside their pixels."""

from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageCms, ImageFile
from PIL.PngImagePlugin import PngInfo

from underpaint.errors import UnreadableImage
from underpaint.image.header import USER_COMMENT, exif_with_comment, file_facts, read_text
from underpaint.image.io import load_picture


def test_facts_of_a_file_before_it_is_decoded():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    buffer = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("CMYK", (30, 20)).save(buffer, "JPEG", exif=exif, icc_profile=profile)
    facts = file_facts(buffer.getvalue())
    assert (facts.format, facts.mode, facts.size, facts.frames) == ("JPEG", "CMYK", (30, 20), 1)
    assert (facts.is_turned, facts.profile) == (True, "sRGB built-in")


def turned_png(place: str) -> bytes:
    """30x20 pixels that lie on their side, which the file says before its pixels, after them, or in its text."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    text = PngInfo()
    if place == "text":
        text.add_text("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>')
    buffer = BytesIO()
    more = {} if place == "text" else {"exif": exif}
    Image.new("RGB", (30, 20)).save(buffer, "PNG", pnginfo=text, **more)
    png = buffer.getvalue()
    if place != "end":
        return png
    start = png.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(png[start : start + 4], "big")
    return png[:start] + png[end:-12] + png[start:end] + png[-12:]


@pytest.mark.parametrize("place", ["start", "end", "text"])
def test_no_pixel_is_decoded_for_the_facts(place: str, monkeypatch: pytest.MonkeyPatch):
    data = turned_png(place)
    assert load_picture(data).size == (20, 30)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    facts = file_facts(data)
    assert (facts.size, facts.is_turned) == ((30, 20), True)


def test_a_profile_that_cannot_be_read_has_no_name():
    buffer = BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, "JPEG", icc_profile=b"no profile")
    assert file_facts(buffer.getvalue()).profile == "a damaged profile"


def test_files_without_facts_are_called_by_name():
    with pytest.raises(UnreadableImage, match=r"girl\.png is empty"):
        file_facts(b"", name="girl.png")
    with pytest.raises(UnreadableImage, match=r"girl\.png is not a picture"):
        load_picture(b"GIF", name="girl.png")


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP"])
def test_a_comment_is_the_parameters_of_a_lossy_file(file_format: str):
    buffer = BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, file_format, exif=exif_with_comment("a cat 猫\nSteps: 5"))
    assert read_text(buffer.getvalue()) == {"parameters": "a cat 猫\nSteps: 5"}


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + "a cat 猫".encode("utf-16-le"),
        b"UNICODE\0" + "\ufeffa cat 猫".encode("utf-16-be"),
        b"ASCII\0\0\0" + "a cat 猫\0\0".encode(),
        bytes(8) + "a cat 猫".encode(),
    ],
    ids=["little-endian", "byte order mark", "ascii that is utf-8", "no code"],
)
def test_comments_of_other_programs_are_read(comment: bytes):
    exif, buffer = Image.Exif(), BytesIO()
    exif.get_ifd(ExifTags.IFD.Exif)[USER_COMMENT] = comment
    Image.new("RGB", (3, 2)).save(buffer, "JPEG", exif=exif)
    assert read_text(buffer.getvalue()) == {"parameters": "a cat 猫"}


def test_a_comment_cut_in_the_middle_of_a_letter_is_read_as_far_as_it_goes():
    exif, buffer = Image.Exif(), BytesIO()
    exif.get_ifd(ExifTags.IFD.Exif)[USER_COMMENT] = b"UNICODE\0" + "cat".encode("utf-16-be")[:-1]
    Image.new("RGB", (3, 2)).save(buffer, "JPEG", exif=exif)
    assert read_text(buffer.getvalue())["parameters"].startswith("ca")


def test_a_lossy_file_without_a_comment_holds_no_text():
    buffer = BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, "JPEG")
    assert read_text(buffer.getvalue()) == {}
