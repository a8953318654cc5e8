"""Taking in files: piece by piece, up to a limit, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from local_engine.api.features.uploads.schemas import Upload
from local_engine.api.gate import MAX_UPLOAD_BYTES
from local_engine.api.problems import Problem
from local_engine.jobs.files import Uploads

MEDIA_TYPE = "application/octet-stream"


async def take_in(uploads: Uploads, pieces: AsyncIterator[bytes]) -> Upload:
    """Keep what comes. Raises `Problem` 413 when it is too much, 422 when it is nothing."""
    upload, file = await asyncio.to_thread(uploads.begin)
    size, whole = 0, False
    try:
        with file:
            async for piece in pieces:
                size += len(piece)
                if size > MAX_UPLOAD_BYTES:
                    raise Problem(413, "too-large", f"At most {MAX_UPLOAD_BYTES} bytes are taken.")
                await asyncio.to_thread(file.write, piece)
        if not size:
            raise Problem(422, "empty", "There is nothing in the body.", errors=[_NOTHING])
        whole = True
    finally:
        if not whole:
            uploads.remove(upload)
    return Upload(upload=upload, bytes=size)


_NOTHING = {"pointer": "/body", "detail": "send the bytes of the file"}
