"""The application of calendar-provider."""

import importlib
import os
from collections.abc import Callable

import pytest
from fastapi import FastAPI

Configured = Callable[..., FastAPI]
# Imported where a calendar of theirs is first read, which takes seconds of CPU: on a
# busy machine longer than a customer is kept waiting for a calendar.
SDKS = ("caldav.davclient", "googleapiclient.discovery", "recurring_ical_events")


@pytest.fixture(scope="session", autouse=True)
def sdks() -> None:
    for each in SDKS:
        importlib.import_module(each)


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Makes the application with CALENDAR_PROVIDER_* variables, as a process would."""
    os.environ.setdefault("CALENDAR_PROVIDER_SECRET", "a-secret-for-tests-only")
    # Failing at once is what these tests are about, not how often it is tried.
    monkeypatch.setenv("MAX_RETRIES", "1")
    monkeypatch.setenv("CIRCUIT_BREAKER_THRESHOLD", "100")

    def make(**said: str) -> FastAPI:
        for name, value in said.items():
            monkeypatch.setenv(f"CALENDAR_PROVIDER_{name}", value)
        module = importlib.import_module("services.calendar.calendar_provider.app")
        return importlib.reload(module).app

    return make


@pytest.fixture
def provider(configured: Configured) -> FastAPI:
    return configured()
