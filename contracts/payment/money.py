"""Money: whole minor units of an ISO 4217 currency, never a fraction of one.

A unit is ten of them to the power of its currency's exponent: 1 of JPY, 100 of EUR,
1,000 of KWD.
"""

from typing import Annotated

from pydantic import Field

from contracts.closed import Closed

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
# What JSON's readers take as an exact number (RFC 8259 §6).
Amount = Annotated[int, Field(ge=0, le=2**53 - 1)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]  # 1 % is 100


class Money(Closed):
    minor_units: Amount
    currency: Currency
