"""Uploads: one file out of a request, bounded, hashed, never whole in memory.

As ``multipart/form-data`` with a part named ``file`` and plain fields beside it, or as
JSON with a member ``text`` (and ``name``) beside the same fields.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from chassis import errors
from chassis._asked import UNFIT

MOST = 20 * 2**20  # bytes
PIECE = 256 * 2**10
IN_MEMORY = 512 * 2**10


@dataclass(frozen=True)
class Upload:
    """A received file. ``fields`` are the others of the request, as they came."""

    name: str
    media_type: str
    size: int
    sha256: str
    fields: dict[str, Any]
    file: BinaryIO

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content from its beginning, at most 256 KiB at a time."""
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece

    async def content(self) -> bytes:
        """All of it at once, for small files."""
        self.file.seek(0)
        return self.file.read()


async def received(request: Request) -> AsyncIterator[Upload]:
    """The request's upload; Malformed without one, TooLarge above 20 MiB."""
    announced = int(request.headers.get("content-length") or 0)
    if announced > MOST + PIECE:
        raise errors.TooLarge(f"at most {MOST >> 20} MiB are taken")
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        form = await _form(request)
        try:
            yield _from_form(form)
        finally:
            await form.close()
    elif kind.startswith("application/json"):
        with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            yield _from_json(await request.json(), file)
    else:
        raise errors.Unsupported("send multipart/form-data with a file, or JSON")


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=1, max_fields=50)
    except HTTPException as exc:
        raise errors.Malformed(f"this is no form: {exc.detail}") from exc


def _from_form(form: FormData) -> Upload:
    part = form.get("file")
    if not isinstance(part, UploadFile):
        raise errors.Malformed("the form has no part named file")
    fields = {k: _field(v) for k, v in form.items() if isinstance(v, str)}
    if UNFIT.search("".join((*fields, *map(str, form.values()), part.filename or ""))):
        raise errors.Malformed("the form holds U+0000")
    media_type = part.content_type or "application/octet-stream"
    return _described(part.filename or "unnamed", media_type, fields, part.file)


def _field(text: str) -> Any:
    """A form field; one that holds a JSON list, as forms cannot, is that list."""
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _from_json(body: Any, file: Any) -> Upload:
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise errors.Malformed("the JSON has no member text")
    fields = {k: v for k, v in body.items() if k not in ("text", "name")}
    file.write(body["text"].encode())
    name = str(body.get("name") or "untitled.txt")
    return _described(name, "text/plain", fields, file)


def _described(
    name: str, media_type: str, fields: dict[str, Any], file: BinaryIO
) -> Upload:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    if size > MOST:
        raise errors.TooLarge(f"at most {MOST >> 20} MiB are taken")
    name = name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    return Upload(name, media_type, size, digest.hexdigest(), fields, file)


Uploaded = Annotated[Upload, Depends(received)]
