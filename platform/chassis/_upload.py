"""Uploads: one file out of a request, bounded, hashed, never whole in memory.

As ``multipart/form-data`` with a part named ``file`` and plain fields beside it; as
JSON with a member ``text`` (and ``name``) beside the same fields; or as the body
itself, a CSV table or a JSON list, with the fields in the query.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from chassis import _fields, errors
from chassis._asked import UNFIT, require_plain
from chassis._fields import FORM, M

MOST = 20 * 2**20  # bytes
PIECE = 256 * 2**10  # bytes that are read at a time
IN_MEMORY = 512 * 2**10  # bytes, beyond which a file is on the disk
TABLE = "text/csv"
# What OpenAPI says of a request that is received here.
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
                "additionalProperties": False,
            }
        },
        "application/json": {
            "schema": {
                "oneOf": [
                    {
                        "type": "object",
                        "properties": {
                            "text": {"type": "string"},
                            "name": {"type": "string"},
                        },
                        "required": ["text"],
                        "additionalProperties": False,
                    },
                    {"type": "array", "items": {"type": "object"}},
                ]
            }
        },
        TABLE: {"schema": {"type": "string"}},
    },
}


@dataclass(frozen=True)
class Upload:
    """A received file. ``fields`` are the others of the request, as they came."""

    name: str
    media_type: str
    size: int
    sha256: str
    fields: dict[str, Any]
    file: BinaryIO
    is_form: bool = False

    def given(self, model: type[M]) -> M:
        """The fields as *model* has them; Malformed with each fault and its place."""
        return _fields.checked(self.fields, model, is_form=self.is_form)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content from its beginning, at most 256 KiB at a time."""
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece

    async def content(self) -> bytes:
        """All of it at once, for small files."""
        self.file.seek(0)
        return self.file.read()


async def fingerprint(request: Request) -> bytes:
    """A hash of what a form says, whatever divides its parts; Malformed, TooLarge."""
    _require_announced(request)
    form, whole = await _form(request), hashlib.sha256()
    for name, value in form.multi_items():
        said: list[Any] = [name, value]
        if isinstance(value, UploadFile):
            said = [name, value.filename, value.content_type, *_hashed(value.file)]
        whole.update(json.dumps(said).encode())
    return whole.digest()


async def received(request: Request) -> AsyncIterator[Upload]:
    """The request's upload; Malformed without one, or with a field that its route's
    policy does not name, TooLarge above 20 MiB."""
    async with _opened(request) as upload:
        _fields.require_known(upload.fields, request.scope["route"].beside)
        yield upload


@asynccontextmanager
async def _opened(request: Request) -> AsyncIterator[Upload]:
    _require_announced(request)
    kind = request.headers.get("content-type", "")
    if kind.startswith(FORM):
        form = await _form(request)
        try:
            yield _from_form(form)
        finally:
            await form.close()
    elif kind.startswith("application/json"):
        with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            yield _from_json(request, await request.json(), file)
    elif kind.startswith(TABLE):
        with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            async for piece in request.stream():
                file.write(piece)
                _require_size(file.tell())
            yield _described("untitled.csv", TABLE, _fields.of_query(request), file)
    else:
        raise errors.Unsupported(f"send {FORM} with a file, JSON or CSV")


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=1, max_fields=50)
    except HTTPException as exc:
        raise errors.Malformed(f"this is no form: {exc.detail}") from exc


def _from_form(form: FormData) -> Upload:
    part = form.get("file")
    if not isinstance(part, UploadFile):
        raise errors.Malformed("the form has no part named file")
    fields = _fields.of_form(form.multi_items())
    if UNFIT.search("".join((*fields, *map(str, form.values()), part.filename or ""))):
        raise errors.Malformed("the form holds U+0000")
    media_type = part.content_type or "application/octet-stream"
    made = _described(part.filename or "unnamed", media_type, fields, part.file)
    return replace(made, is_form=True)


def _from_json(request: Request, body: Any, file: Any) -> Upload:
    if isinstance(body, list):
        file.write(json.dumps(body, ensure_ascii=False).encode())
        fields = _fields.of_query(request)
        return _described("untitled.json", "application/json", fields, file)
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise errors.Malformed("the JSON has no member text")
    fields = {k: v for k, v in body.items() if k not in ("text", "name")}
    file.write(body["text"].encode())
    name = str(body.get("name") or "untitled.txt")
    return _described(name, "text/plain", fields, file)


def _described(
    name: str, media_type: str, fields: dict[str, Any], file: BinaryIO
) -> Upload:
    name = name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    return Upload(name, media_type, *_hashed(file), fields, file)


def _hashed(file: BinaryIO) -> tuple[int, str]:
    """Bytes of a file, and its SHA-256; TooLarge."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
        _require_size(size)
    file.seek(0)
    return size, digest.hexdigest()


def _require_announced(request: Request) -> None:
    require_plain(request)
    _require_size(int(request.headers.get("content-length") or 0) - PIECE)


def _require_size(size: int) -> None:
    if size > MOST:
        raise errors.TooLarge(f"at most {MOST >> 20} MiB are taken")


Uploaded = Annotated[Upload, Depends(received)]
