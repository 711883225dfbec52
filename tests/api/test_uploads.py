"""Pictures as they come in: every kind of file, whole or not."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import ExifTags, Image, ImageCms

from tests.api.conftest import ADDRESS
from tests.api.files import TILES, decoded, encoded, noise, png, problem, upload
from underpaint import store
from underpaint.image.png import text_in_png
from underpaint.server.app import create_app
from underpaint.server.runner import Runner
from underpaint.server.settings import ServerSettings


def imported(api: TestClient, data: bytes, name: str = "file.png") -> dict[str, object]:
    answer = api.post("/api/pictures", **upload(data, name))
    assert answer.status_code == 201, answer.text
    return answer.json()


def served(api: TestClient, info: dict[str, object]) -> bytes:
    answer = api.get(f"/api/pictures/{info['sha256']}")
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    return answer.content


def turned_jpeg() -> bytes:
    """Left half black, stored lying on its side."""
    pixels = np.full((16, 32, 3), 255, np.uint8)
    pixels[:8] = 0
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 8
    return encoded(Image.fromarray(pixels), "JPEG", exif=exif, quality=95)


def test_a_turned_photograph_is_set_upright(api: TestClient):
    info = imported(api, turned_jpeg())
    assert (info["width"], info["height"]) == (16, 32)
    assert info["notes"] == ["Turned upright, as its EXIF data says."]
    pixels = decoded(served(api, info))
    assert pixels[:, :6].mean() < 20
    assert pixels[:, 10:].mean() > 235


def test_cmyk_is_converted(api: TestClient):
    info = imported(api, encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert info["notes"] == ["Converted from CMYK to sRGB."]
    red, green, blue = decoded(served(api, info))[4, 4]
    assert red > 200
    assert max(green, blue) < 80


def test_sixteen_bits_and_profile_are_kept(api: TestClient):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    info = imported(api, png(noise(9, 7, 3, np.uint16)))
    assert (info["bits"], info["notes"]) == (16, ["Keeps its 16 bits per channel."])
    info = imported(api, encoded(Image.fromarray(noise(9, 7)), "PNG", icc_profile=profile))
    assert info["notes"] == ["Keeps its colour profile: sRGB built-in."]
    assert Image.open(BytesIO(served(api, info))).info["icc_profile"] == profile


def test_alpha_is_kept(api: TestClient):
    pixels = noise(5, 4, 4)
    info = imported(api, png(pixels))
    assert info["has_alpha"] is True
    assert np.array_equal(decoded(served(api, info)), pixels)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_one_pixel_of_any_kind(api: TestClient, mode: str):
    info = imported(api, encoded(Image.new(mode, (1, 1)), "PNG"))
    assert (info["width"], info["height"]) == (1, 1)
    assert api.get(f"/api/pictures/{info['sha256']}/thumbnail").status_code == 200


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_other_formats(api: TestClient, file_format: str):
    info = imported(api, encoded(Image.fromarray(noise(20, 10)), file_format))
    assert (info["width"], info["height"]) == (20, 10)


def test_of_an_animation_the_first_frame_counts(api: TestClient):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    info = imported(api, encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert info["notes"] == ["Only the first of its 2 frames."]
    assert tuple(decoded(served(api, info))[0, 0]) == (255, 0, 0)


def test_a_png_is_stored_as_it_came_but_for_what_it_says(api: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("underpaint.server.pictures.quick_png", None)  # nothing is encoded
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("parameters", "secret")
    info = imported(api, encoded(Image.fromarray(noise(30, 20)), "PNG", pnginfo=text))
    stored = served(api, info)
    assert text_in_png(stored) == {}
    assert np.array_equal(decoded(stored), noise(30, 20))
    picture = store.stored_picture(str(info["sha256"]))
    assert picture is not None
    assert picture.sha256 == info["sha256"]


def test_the_same_picture_is_the_same_whatever_file_it_comes_in(api: TestClient):
    pixels = Image.fromarray(noise(12, 9))
    assert imported(api, encoded(pixels, "PNG"))["sha256"] == imported(api, encoded(pixels, "BMP"))["sha256"]


def huge_png(side: int) -> bytes:
    """A small file that says it is a large picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", (422, "unreadable-image")),
        (b"GIF89a nothing", (422, "unreadable-image")),
        (b"<svg onload='alert(1)'/>", (422, "unreadable-image")),
        (png(noise(50, 50))[:-200], (422, "unreadable-image")),
        (turned_jpeg()[:300], (422, "unreadable-image")),
        (huge_png(15_000), (413, "too-large")),
        (huge_png(60_000), (422, "unreadable-image")),
        (huge_png(500), (422, "unreadable-image")),
    ],
    ids=["empty", "almost a GIF", "SVG", "cut PNG", "cut JPEG", "bomb", "larger bomb", "no pixels"],
)
@pytest.mark.parametrize("path", ["pictures", "projects"])
def test_broken_files_are_refused_by_name(api: TestClient, path: str, data: bytes, expected: object):
    answer = api.post(f"/api/{path}", **upload(data, "C:\\photos\\girl.png"))
    assert problem(answer)[:2] == expected
    assert answer.json()["error"]["message"].startswith("girl.png")
    assert api.get("/api/projects").json() == []


def test_damaged_pixels_are_noticed(api: TestClient):
    data = bytearray(png(noise(50, 50)))
    data[len(data) // 2] ^= 0xFF
    assert problem(api.post("/api/pictures", **upload(bytes(data))))[:2] == (422, "unreadable-image")


def test_a_form_without_a_file(api: TestClient):
    assert problem(api.post("/api/pictures", data={"name": "x"})) == (422, "invalid-request", "file")
    assert problem(api.post("/api/pictures", json={}))[:2] == (422, "invalid-request")


def test_thumbnails_are_small_and_made_once(api: TestClient, tmp_path: Path):
    info = imported(api, png(noise(700, 300, 4)))
    path = f"/api/pictures/{info['sha256']}/thumbnail"
    for px, side in ((64, 64), (100, 96), (4096, 700)):
        answer = api.get(path, params={"px": px})
        assert answer.headers["content-type"] == "image/webp"
        assert max(Image.open(BytesIO(answer.content)).size) == side
    assert Image.open(BytesIO(api.get(path).content)).mode == "RGBA"
    assert problem(api.get(path, params={"px": 1}))[2] == "px"
    assert problem(api.get(f"/api/pictures/{'0' * 64}/thumbnail"))[:2] == (404, "not-found")


@pytest.mark.parametrize("name", ["0" * 64, "..%2F..%2Funderpaint.db", "%2Fetc%2Fpasswd", "A" * 64])
def test_no_other_file_is_served_as_a_picture(api: TestClient, name: str):
    assert problem(api.get(f"/api/pictures/{name}"))[0] in (404, 422)


@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "streamed"])
@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("POST", "/api/pictures", "multipart/form-data; boundary=x"),
        ("PUT", "/api/nodes/any/tiles/mask", TILES["content-type"]),
        ("POST", "/api/projects/blank", "application/json"),
    ],
    ids=["file", "tiles", "JSON"],
)
def test_more_bytes_than_allowed_are_not_read(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, content_type: str, is_announced: bool
):
    monkeypatch.setattr(Runner, "start", lambda _: None)
    monkeypatch.setattr(Runner, "stop", lambda _: None)
    settings = ServerSettings(max_upload_bytes=5000, max_body_bytes=5000)

    def parts():
        for _ in range(10):
            yield b"x" * 1000

    with TestClient(create_app(settings), base_url=ADDRESS) as api:
        body = b"x" * 5001 if is_announced else parts()
        answer = api.request(method, path, content=body, headers={"content-type": content_type})
        assert problem(answer)[:2] == (413, "too-large")


def test_a_length_that_is_no_number(api: TestClient):
    answer = api.post("/api/pictures", content=b"", headers={"content-length": "-1"})
    assert problem(answer)[:2] == (400, "invalid-request")
