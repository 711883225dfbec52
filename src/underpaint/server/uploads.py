"""Uploaded files, as routes take them."""

from typing import Annotated

from fastapi import File, Form, UploadFile

from underpaint.server.projects import shortened

Upload = Annotated[UploadFile, File(description="The file.")]
UploadName = Annotated[str | None, Form(max_length=200, description="Default: the file's name.")]


def content_of(file: UploadFile) -> bytes:
    """Everything in the file; how much there may be was checked when it came in."""
    return file.file.read()


def name_of(file: UploadFile) -> str:
    """What to call the file in messages, without any folders the browser may have named."""
    return (
        shortened((file.filename or "").replace("\\", "/").rpartition("/")[2])
        if file.filename
        else "The file"
    )


def stem_of(file: UploadFile) -> str:
    """A name for what the file holds."""
    name = name_of(file)
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name
