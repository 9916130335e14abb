"""Addresses of links: unguessable, and good for as long as a secret is."""

from dataclasses import dataclass

import itsdangerous

import encryption


class NoLink(ValueError):
    """An address that was never given out."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of links, which nobody can guess: they are signed by the first of
    *secrets*, divided by commas, and any of them is accepted."""

    base: str
    secrets: str

    def of(self, tenant: str, id: str) -> str:
        return f"{self.base}/pay/{self._signer().dumps([tenant, id])}"

    def read(self, token: str) -> tuple[str, str]:
        """The tenant and the link at the end of an address; NoLink."""
        try:
            tenant, id = self._signer().loads(token)
        except itsdangerous.BadSignature as exc:
            raise NoLink("there is no such link") from exc
        if not _is_as_written(token.rpartition(".")[2]):
            raise NoLink("there is no such link")
        return tenant, id

    def _signer(self) -> itsdangerous.URLSafeSerializer:
        keys = encryption.several(self.secrets)[::-1]
        return itsdangerous.URLSafeSerializer(keys, salt="link")


def _is_as_written(signature: str) -> bool:
    """Whether nothing was added to a signature that decoding passes over: spare bits of
    its last letter, padding, letters of no alphabet."""
    read = itsdangerous.encoding.base64_decode(signature)
    return itsdangerous.encoding.base64_encode(read).decode() == signature
