"""All the providers that there are here: one takes money, others gave it back once."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from psp._local import Local
from psp._stripe import Call, Refused, Stripe

Provider = Stripe | Local


class NoProvider(Refused):
    """What took the money cannot be asked from here; the message says what to do."""


class Keys(BaseModel):
    """Settings of whoever takes money. Without a key of Stripe's the provider, and its
    page, is local, and its webhooks are signed with the mesh's keys."""

    stripe_api_key: str = ""
    stripe_base_url: str = "https://api.stripe.com"
    filigree_internal_keys: str = ""


@dataclass(frozen=True, slots=True)
class Providers:
    """``first`` takes money. What another of them took, that one knows and gives back,
    also after the deployment has changed from one to the other."""

    first: Provider
    known: Mapping[str, Provider]

    @classmethod
    def of(cls, keys: Keys, call: Call) -> "Providers":
        """With Stripe, first of all, where there is a key for it."""
        every: list[Provider] = [Local()]
        if keys.stripe_api_key:
            every.insert(0, Stripe(keys.stripe_api_key, keys.stripe_base_url, call))
        return cls(every[0], {each.name: each for each in every})

    def of_name(self, name: str) -> Provider:
        """The provider that has something; NoProvider."""
        if name not in self.known:
            raise NoProvider(
                f"this is at {name}, for which nothing is set up here: configure its "
                f"key again, or do it at {name} itself"
            )
        return self.known[name]
