"""The application of calendar-provider."""

import os

import pytest
from fastapi import FastAPI


@pytest.fixture
def provider() -> FastAPI:
    os.environ.setdefault("CALENDAR_SECRET", "a-secret-for-tests-only")
    from services.calendar.calendar_provider.app import app

    return app
