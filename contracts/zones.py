"""Time zones, by the names of the IANA database."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field


def zone(name: str) -> ZoneInfo:
    """The zone of that name; ValueError."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as exc:
        raise ValueError("there is no such time zone; one is Europe/Berlin") from exc


def _there(name: str) -> str:
    return zone(name).key


def _there_if_any(name: str) -> str:
    return name and _there(name)


LENGTH = Field(max_length=64, examples=["Europe/Berlin"])
Zone = Annotated[str, LENGTH, Field(min_length=1), AfterValidator(_there)]
MaybeZone = Annotated[str, LENGTH, AfterValidator(_there_if_any)]  # "" is none
