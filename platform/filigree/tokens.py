"""The signed context that a call carries, minted here for calls from the command line.

The same token as the chassis mints: itsdangerous, ``{"t": tenant, "s": subject, "r":
roles, "a": actor}``, valid for five minutes.
"""

from collections.abc import Sequence

import itsdangerous

HEADER = "X-Internal-Token"
SALT = "filigree.context"


def mint(keys: str, tenant: str, subject: str, roles: Sequence[str], actor: str) -> str:
    """*keys* are comma separated; the first signs."""
    # itsdangerous signs with the last of several.
    signer = itsdangerous.URLSafeTimedSerializer(keys.split(",")[::-1], salt=SALT)
    return signer.dumps({"t": tenant, "s": subject, "r": list(roles), "a": actor})
