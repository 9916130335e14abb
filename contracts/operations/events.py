"""What happened in the operations domain."""

from typing import Literal

from pydantic import BaseModel


class NotificationDue(BaseModel):
    """A notification is to be tried; ``attempt`` counts from 1."""

    type: Literal["notification.due"] = "notification.due"
    notification_id: str
    attempt: int = 1


class NotificationFailed(BaseModel):
    """A notification was given up: nobody has been told."""

    type: Literal["notification.failed"] = "notification.failed"
    notification_id: str
    reason: str
