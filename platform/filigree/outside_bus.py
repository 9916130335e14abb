"""Whether the NATS of NATS_URL will do, asked as the services do; else prints why not.

A process of its own: the client would stay in the memory of whoever imports it.
"""

import asyncio
import os
import ssl
import sys

import nats
from nats.errors import Error, NoRespondersError
from nats.js.errors import NotFoundError, ServiceUnavailableError

ANSWER = 5.0  # seconds


async def why_not(url: str) -> str:
    """Why it will not do, and what to do; nothing when it will."""
    told: list[Exception] = []

    async def heard(exc: Exception) -> None:
        told.append(exc)

    try:
        bus = await nats.connect(
            url, allow_reconnect=False, connect_timeout=int(ANSWER), error_cb=heard
        )
        try:
            await bus.jetstream(timeout=ANSWER).stream_info("EVENTS")
        finally:
            await bus.close()
    except NotFoundError:
        return ""
    except (ServiceUnavailableError, NoRespondersError):
        return "it has no JetStream: start it with --jetstream"
    except ssl.SSLError as exc:
        return f"{exc}: SSL_CERT_FILE may name the authority of its certificate"
    except (Error, OSError) as exc:
        return _word(told[0] if told else exc)
    return ""


def _word(exc: Exception) -> str:
    said = str(exc) or "it does not answer as a NATS does"
    is_refused = "authorization" in said.lower() or "permissions" in said.lower()
    return f"{said}: mend user and password in it" if is_refused else said


if __name__ == "__main__":
    found = asyncio.run(why_not(os.environ["NATS_URL"]))
    print(found, end="")
    sys.exit(bool(found))
