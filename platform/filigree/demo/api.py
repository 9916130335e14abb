"""The public API as the demo uses it: nothing that another program could not do."""

import ssl
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 120.0  # seconds for a document to be ready


@cache
def _authorities() -> ssl.SSLContext:
    """Read once: to read them takes longer than most calls."""
    return httpx.create_ssl_context()


class Refused(Exception):
    """The gateway refused a request, or cannot be reached; the message says why."""


class Api:
    """The gateway at *base*, as the holder of an API key (or as nobody)."""

    def __init__(self, base: str, api_key: str = "") -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        self._http = httpx.Client(
            base_url=base, headers=headers, timeout=40.0, verify=_authorities()
        )

    def visit(self, tenant: str) -> None:
        """Become a customer without an account, of the business *tenant*."""
        tokens = self.call("POST", "/api/v1/auth/visitors", json={"tenant": tenant})
        self._http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def call(self, method: str, path: str, **rest: Any) -> Any:
        """The answer's JSON; Refused."""
        try:
            answer = self._http.request(method, path, **rest)
        except httpx.TransportError as exc:
            raise Refused(
                f"{self._http.base_url} cannot be reached: {exc}. "
                "Start the mesh first: make up"
            ) from exc
        told = answer.json() if answer.content else None
        if answer.is_error:
            reason = (told or {}).get("message", answer.reason_phrase)
            raise Refused(f"{method} {path}: {answer.status_code} {reason}")
        return told

    def upload(self, file: Path, fields: dict[str, str]) -> dict[str, Any]:
        content = (file.name, file.read_bytes())
        return self.call(
            "POST", "/api/v1/documents", files={"file": content}, data=fields
        )

    def settled(self, id: str) -> dict[str, Any]:
        """The document once it is ready or failed; Refused when it is neither."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.call("GET", f"/api/v1/documents/{id}")
            if found["status"] != "processing":
                return found
            time.sleep(0.1)
        raise Refused(f"document {id} is neither ready nor failed")

    def ask(self, message: str, conversation: str | None = None) -> dict[str, Any]:
        body = {"message": message, "conversation_id": conversation}
        return self.call("POST", "/v1/api/chat", json=body)

    def trace(self, id: str) -> dict[str, Any]:
        """A trace once its outermost span is there, or what there is by then.

        Spans are shipped in batches, the outermost ends last.
        """
        deadline = time.monotonic() + 10.0
        found: dict[str, Any] = {"spans": []}
        while time.monotonic() < deadline:
            with suppress(Refused):
                found = self.call("GET", f"/api/v1/traces/{id}")
            if any(span["service"] == "api-gateway" for span in found["spans"]):
                break
            time.sleep(0.1)
        return found
