"""Whose certificates are believed."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Everybody's, read once: to read them takes longer than what is then asked."""
    return httpx.create_ssl_context()
