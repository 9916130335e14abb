"""A stateful fake of Stripe's API over HTTP, for tests of whoever uses ``Stripe``.

Sessions, payment intents, charges, refunds and disputes, idempotency keys as Stripe
has them (the first answer again; another body is an error), bad credentials, and
answers that are lost after the work was done. What happens there is kept in ``events``
as (type, object), which a test delivers in any order it likes.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY, PI = "sk_test_fake", "payment_intent"
Thing = dict[str, Any]


class No(Exception):
    """An answer that is an error of Stripe's."""

    def __init__(
        self, status: int, message: str, kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "message": message}}


class Stripe(ThreadingHTTPServer):
    """The fake, on a loopback port while it serves.

    ``lost`` answers are dropped after, ``failing`` ones before the work.
    ``garbled`` answers are cut in half after the work; ``limited`` ones ask before it
    to come back at once. ``meanwhile`` is called once after the next write, before its
    answer leaves.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.things: dict[str, Thing] = {}
        self.events: list[tuple[str, Thing]] = []
        self.answered: dict[str, tuple[Any, Thing]] = {}
        self.asked: list[str] = []
        self.lost = self.failing = self.garbled = self.limited = 0
        self.meanwhile: Callable[[], Any] | None = None
        self.lock = threading.RLock()

    def every(self, kind: str, payment: str | None = None) -> list[Thing]:
        """All things of a kind, or those of one payment."""
        found = [one for one in self.things.values() if one["object"] == kind]
        return [one for one in found if payment in (None, one.get(PI))]

    def add(self, kind: str, prefix: str, **members: Any) -> Thing:
        id = f"{prefix}_{uuid.uuid4().hex[:24]}"
        self.things[id] = {"id": id, "object": kind, "created": _now(), **members}
        return self.things[id]

    def tell(self, type: str, thing: Thing) -> None:
        self.events.append((type, deepcopy(thing)))

    def pay(self, session: Thing) -> Thing:
        """The customer pays on the session's page; No if it is none any more."""
        with self.lock:
            return self._paid(session)

    def _paid(self, session: Thing) -> Thing:
        if session["status"] != "open":
            raise No(400, "This Checkout Session is no longer open")
        sums = {"amount": session["amount_total"], "currency": session["currency"]}
        about = {**sums, "metadata": session["metadata"]}
        paid = {"status": "succeeded", "amount_received": sums["amount"]}
        payment = self.add("payment_intent", "pi", **about, **paid)
        taken = {"amount_captured": sums["amount"], "amount_refunded": 0, "paid": True}
        charge = self.add(
            "charge", "ch", **about, **taken, payment_intent=payment["id"]
        )
        session.update(status="complete", payment_status="paid")
        session[PI] = payment["id"]
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", payment)
        self.tell("checkout.session.completed", session)
        return payment

    def dispute(self, payment: str, status: str = "needs_response") -> Thing:
        about = {"status": status, "reason": "fraudulent", "metadata": {}}
        [charge] = self.every("charge", payment)
        about |= {"amount": charge["amount"], "currency": charge["currency"]}
        made = self.add("dispute", "dp", payment_intent=payment, **about)
        self.tell("charge.dispute.created", made)
        return made

    def refund(self, payment: str, amount: int, metadata: dict[str, str]) -> Thing:
        """A refund, through the API or by hand in the dashboard."""
        [charge] = self.every("charge", payment)
        disputes = {each["status"] for each in self.every("dispute", payment)}
        if disputes - {"won"}:
            raise No(400, "The charge has been charged back; cannot issue a refund")
        if charge["amount_refunded"] + amount > charge["amount_captured"]:
            raise No(400, "Refund amount is greater than unrefunded amount on charge")
        charge["amount_refunded"] += amount
        about = {"amount": amount, "currency": charge["currency"]}
        about |= {"status": "succeeded", "metadata": metadata}
        made = self.add("refund", "re", payment_intent=payment, **about)
        self.tell("charge.refunded", charge)
        self.tell("refund.created", made)
        return made

    def answer(self, method: str, path: str, given: Thing, key: str | None) -> Thing:
        """The answer to one call, once for each idempotency key; No."""
        asked = [method, path, given]
        with self.lock:
            self.asked.append(f"{method} {path}")
            if key not in self.answered:
                made = deepcopy(self._route(method, path.split("/")[2:], given))
                if key is not None:
                    self.answered[key] = (asked, made)
                return made
            before, made = self.answered[key]
        if before != asked:
            message = "Keys for idempotent requests can only be used with the same"
            raise No(400, message, "idempotency_error")
        return made

    def _route(self, method: str, parts: list[str], given: Thing) -> Thing:
        match parts:
            case ["payment_intents", "search"]:
                return self._search(given["query"].split("'")[3])
            case ["checkout", "sessions", id] | ["payment_intents", id]:
                return self._found(id)
            case ["checkout", "sessions", id, "expire"]:
                return self._expired(self._found(id))
            case ["checkout", "sessions"]:
                return self._session(given)
            case ["refunds"] if method == "POST":
                amount, about = int(given["amount"]), _nested(given, "metadata")
                return self.refund(given[PI], amount, about)
            case [("charges" | "refunds" | "disputes") as kind]:
                return _listed(self.every(kind[:-1], given[PI]))
        raise No(404, f"Unrecognized request URL ({method}: {'/'.join(parts)})")

    def _search(self, intent: str) -> Thing:
        every = self.every("payment_intent")
        return _listed([e for e in every if e["metadata"].get("intent_id") == intent])

    def _session(self, given: Thing) -> Thing:
        price = "line_items[0][price_data]"
        amount = int(given[f"{price}[unit_amount]"])
        if not 1_800 <= int(given["expires_at"]) - _now() <= 86_400:
            raise No(400, "expires_at must be between 30 minutes and 24 hours from now")
        if amount < 50:
            raise No(400, "The Checkout Session's total amount due is too small")
        # What becomes the payment's own, and so its charge's.
        metadata = _nested(given, "payment_intent_data[metadata]")
        sums = {"amount_total": amount, "currency": given[f"{price}[currency]"]}
        state = {"status": "open", "payment_status": "unpaid", PI: None}
        made = self.add("checkout.session", "cs", **sums, **state, metadata=metadata)
        made["url"] = f"https://checkout.stripe.example/c/pay/{made['id']}"
        made["back"] = given["success_url"]
        return made

    def _expired(self, session: Thing) -> Thing:
        if session["status"] != "open":
            raise No(400, "Only Checkout Sessions with a status in open can be expired")
        session["status"] = "expired"
        self.tell("checkout.session.expired", session)
        return session

    def _found(self, id: str) -> Thing:
        if id not in self.things:
            raise No(404, f"No such thing: '{id}'")
        return self.things[id]


class _Answers(BaseHTTPRequestHandler):
    server: Stripe
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._answer("GET", parts.path, dict(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer("POST", self.path, dict(parse_qsl(body.decode())))

    def _answer(self, method: str, path: str, given: Thing) -> None:
        fake = self.server
        if fake.failing:
            fake.failing -= 1
            return self._send(503, {"error": {"type": "api_error", "message": "down"}})
        if fake.limited:
            fake.limited -= 1
            error = {"type": "rate_limit_error", "message": "too many requests"}
            return self._send(429, {"error": error}, {"Retry-After": "0"})
        try:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                raise No(401, "Invalid API Key provided")
            key = self.headers.get("Idempotency-Key")
            made = fake.answer(method, path, given, key if method == "POST" else None)
        except No as no:
            return self._send(no.status, no.body)
        meanwhile, fake.meanwhile = fake.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        if fake.lost:
            fake.lost -= 1
            self.close_connection = True
            return None
        if fake.garbled:
            fake.garbled -= 1
            half = json.dumps(made).encode()[:40]
            return self._content(200, half)
        return self._send(200, made)

    def _send(
        self, status: int, body: Thing, headers: Mapping[str, str] | None = None
    ) -> None:
        self._content(status, json.dumps(body).encode(), headers)

    def _content(
        self, status: int, content: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def _nested(given: Thing, name: str) -> dict[str, str]:
    """The members of a form's ``name[…]``."""
    prefix = f"{name}["
    return {k[len(prefix) : -1]: v for k, v in given.items() if k.startswith(prefix)}


def _listed(every: list[Thing]) -> Thing:
    return {"object": "list", "data": every, "has_more": False, "url": "/v1"}


def _now() -> int:
    return int(time.time())
