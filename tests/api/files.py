"""Picture files and tiles, made small enough to see."""

import struct
import zlib
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from fastapi.testclient import TestClient
from PIL import Image

TILES = {"content-type": "application/vnd.underpaint.tiles"}


def noise(width: int, height: int, channels: int = 3, dtype: Any = np.uint8) -> np.ndarray:
    """Pixels no two of which are alike."""
    rng = np.random.default_rng(width * 1000 + height)
    return rng.integers(0, np.iinfo(dtype).max, (height, width, channels), endpoint=True).astype(dtype)


def png(pixels: np.ndarray, **options: Any) -> bytes:
    if pixels.dtype == np.uint16:
        return cv2.imencode(".png", pixels[..., ::-1])[1].tobytes()
    return encoded(Image.fromarray(pixels.squeeze()), "PNG", **options)


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> np.ndarray:
    return np.array(Image.open(BytesIO(data)))


def upload(data: bytes, name: str = "girl.png") -> dict[str, Any]:
    """Arguments of a request that uploads a file."""
    return {"files": {"file": (name, data)}}


def new_project(api: TestClient, width: int = 40, height: int = 30, name: str = "girl.png") -> Any:
    answer = api.post("/api/projects", **upload(png(noise(width, height)), name))
    assert answer.status_code == 201, answer.text
    return answer.json()


def wire(*tiles: tuple[int, int, np.ndarray | bytes]) -> bytes:
    """Tiles as they are sent; bytes go as they are."""
    parts: list[bytes] = []
    for column, row, pixels in tiles:
        data = pixels if isinstance(pixels, bytes) else zlib.compress(pixels.tobytes())
        parts += [struct.pack("<HHI", column, row, len(data)), data]
    return b"".join(parts)


def unwired(body: bytes) -> dict[tuple[int, int], np.ndarray]:
    """Flat pixels of tiles by column and row."""
    found: dict[tuple[int, int], np.ndarray] = {}
    while body:
        column, row, length = struct.unpack_from("<HHI", body)
        found[column, row] = np.frombuffer(zlib.decompress(body[8 : 8 + length]), np.uint8)
        body = body[8 + length :]
    return found


def problem(answer: Any) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal, which must have the one shape."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "field"}, body
    assert body["error"]["message"].endswith((".", "?", ")")), body
    return answer.status_code, body["error"]["code"], body["error"]["field"]
