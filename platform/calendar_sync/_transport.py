"""What Google's SDK sends its requests with, in place of httplib2.

That one asks again by itself where a connection ends without an answer, also once
nobody waits for it any more: what was told to have failed would be written later.
"""

from typing import Any

import httpx

from calendar_sync._changes import TooMany
from calendar_sync._trust import authorities

TIMEOUT = 10.0  # seconds that nothing may come
LARGEST = 16 * 2**20  # bytes of one answer


class Transport:
    """httplib2's interface, as far as the SDK uses it; signs in with *token*. Every
    request is sent once and no redirect is followed. TooMany, and what httpx raises."""

    def __init__(self, token: str) -> None:
        signed = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(
            headers=signed, timeout=TIMEOUT, verify=authorities()
        )

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None
    ) -> tuple[Any, bytes]:
        import httplib2

        asked = {"content": body, "headers": headers}
        with self._client.stream(method, uri, **asked) as answer:
            read = b""
            for part in answer.iter_bytes():
                read += part
                if len(read) > LARGEST:
                    raise TooMany(f"an answer is larger than {LARGEST} bytes")
        status = {"status": str(answer.status_code)}
        return httplib2.Response(dict(answer.headers) | status), read

    def close(self) -> None:
        self._client.close()
