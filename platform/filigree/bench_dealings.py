"""What payment, calendar and notification are asked while their memory is measured.

Each as its callers ask it. Where an answer depends on what was written before, that is
written first, by whichever request of a round gets there, or by the service that is
measured before.
"""

from typing import Any

Asked = tuple[str, str, dict[str, Any]]

DAY = "2031-03-03T"  # a Monday that is ahead for long
OPEN = {day: [{"opens": "08:00", "closes": "18:00"}] for day in ("mon", "tue", "wed")}
OFFER = {"title": "Check-up", "timezone": "Europe/Berlin", "hours": OPEN}
SLOT = "check-up.20310303T0700Z.30.Europe/Berlin"  # of that offer
TURN = {"message": "I want to pay €55 for a check-up"}
CALENDAR = {"kind": "local", "name": "Anna", "timezone": "Europe/Berlin"}
RULES = {"payee": "Bright", "default_currency": "EUR", "currencies": ["EUR", "JPY"]}
AMOUNT = {"minor_units": 5500, "currency": "EUR"}
ITEM = {"description": "Check-up", "unit_price": 5500, "quantity": 2}
MESSAGE = {"recipient": {"id": "ada", "email": "ada@example.com"}, "text": "Ready."}
SHIFT = {"start": f"{DAY}08:00:00Z", "end": f"{DAY}17:00:00Z"}
JOBS = [{"id": f"job-{n}", "minutes": 45, "window": SHIFT} for n in range(12)]
STAFF = [{"id": name, "shift": SHIFT} for name in ("ann", "ben", "cem")]


def requests() -> dict[str, list[Asked]]:
    """By service, what it is asked over and over."""
    return {
        "payment-configuration": [
            _put("/api/v1/payment-configuration", RULES),
            _post("/api/v1/fees/quote", {"amount": AMOUNT}),
            ("GET", "/api/v1/payment-configuration", {}),
        ],
        "payment-intent": [
            _post("/api/v1/payment-intents/analyze", {"text": "I'll pay the €55 now"}),
            _post("/api/v1/payment-intents", {"currency": "EUR", "items": [ITEM]}),
        ],
        "payment-link": [
            _post("/api/v1/payment-links", {"intent_id": "none-so-far"}),
            ("GET", "/pay/no-such-page", {}),
        ],
        "payment-confirmation": [
            ("GET", "/api/v1/payments", {}),
            _post("/api/v1/webhooks/local", {"forged": True}),
        ],
        "slot-management": [
            _put("/api/v1/slots/offers/check-up", OFFER),
            ("GET", "/api/v1/slots", {}),
            _post("/api/v1/slots/holds", {"slot_id": "check-up.none"}),
        ],
        "calendar-provider": [
            _post("/api/v1/calendars", CALENDAR),
            ("GET", "/api/v1/calendars", {}),
        ],
        "booking-management": [
            _post("/api/v1/bookings", {"slot_id": SLOT, "customer": {"name": "Ada"}}),
            ("GET", "/api/v1/bookings", {}),
        ],
        "conversational-payment": [
            _post("/api/v1/payment-conversations/turns", TURN),
            _post("/api/v1/payment-conversations", {"locale": "de"}),
        ],
        "schedule-optimization": [
            _post(
                "/api/v1/schedules/interpret",
                {
                    "text": "next Friday at three",
                    "reference": f"{DAY}09:00:00Z",
                    "timezone": "Europe/Berlin",
                },
            ),
            _post("/api/v1/schedules/assign", {"jobs": JOBS, "staff": STAFF}),
        ],
        "notification": [
            _post("/api/v1/notifications", MESSAGE),
            ("GET", "/api/v1/notifications", {}),
            ("GET", "/api/v1/templates", {}),
        ],
    }


def _post(path: str, body: dict[str, Any]) -> Asked:
    return "POST", path, {"json": body}


def _put(path: str, body: dict[str, Any]) -> Asked:
    return "PUT", path, {"json": body}
