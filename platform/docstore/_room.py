"""Room in a full stream: what everybody has read goes, and nothing else does."""

import logging

from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo, StreamState
from nats.js.errors import APIError, NotFoundError

FULL = "maximum bytes exceeded"  # in JetStream's words; its code is that of any failure
SHARE = 4  # the oldest of so many parts of a stream goes at once, if it has been read
log = logging.getLogger(__name__)


def is_full(failure: BaseException) -> bool:
    """Whether a stream refused an event because it holds as much as it may."""
    return isinstance(failure, APIError) and failure.description == FULL


async def make(bus: JetStreamContext, stream: str) -> bool:
    """Let the oldest events go that no consumer has to read any more; False where the
    very oldest is still to be read, and by whom stands in the log."""
    state = (await bus.stream_info(stream)).state
    oldest = state.first_seq + (state.last_seq - state.first_seq) // SHARE
    # One page of 256: there are some thirty consumers.
    for consumer in await bus.consumers_info(stream):
        unread = await _unread(bus, stream, consumer, state)
        if unread <= state.first_seq:
            log.error("%s is full of what %s has not read yet", stream, consumer.name)
            return False
        oldest = min(oldest, unread - 1)
    return await bus.purge_stream(stream, seq=oldest + 1)


async def _unread(
    bus: JetStreamContext, stream: str, consumer: ConsumerInfo, state: StreamState
) -> int:
    """The first event that a consumer has not acknowledged; behind the last where it
    has all of them."""
    nothing = state.last_seq + 1
    if not (consumer.num_pending or consumer.num_ack_pending):
        return nothing
    # Between what it acknowledged and what it has to read may lie millions of others'.
    after = (consumer.ack_floor.stream_seq if consumer.ack_floor else 0) + 1
    try:
        found = await bus.get_msg(
            stream,
            max(after, state.first_seq),
            consumer.config.filter_subject,
            next=True,
        )
    except NotFoundError:
        return nothing
    return found.seq or nothing
