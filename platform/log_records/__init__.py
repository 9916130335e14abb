"""Log lines as they come in, as they are kept, and as they go on.

``read`` takes a batch apart (a JSON array, newline-delimited JSON, or OTLP/HTTP);
``owned`` makes each row the one shape that is kept, redacted and bounded, by tenant;
``shipped`` takes apart what a cluster's log agent sends, if it ``admits`` its key;
``LogStore`` keeps lines, counts errors by fingerprint (``tally``) and bounds the room
that they take (``Segments``, ``surplus``); ``Forwarder`` passes lines on as OTLP.
"""

from log_records._accept import Found, accept, kept, owned
from log_records._errors import among, changed, tally
from log_records._fingerprint import fingerprint
from log_records._forward import Forwarder
from log_records._otlp_in import from_otlp
from log_records._otlp_out import to_otlp
from log_records._pipeline import Records, pipeline_log
from log_records._protobuf import MEDIA_TYPE as PROTOBUF
from log_records._query import matching
from log_records._read import (
    MOST_BYTES,
    MOST_ROWS,
    Batch,
    NotLines,
    NotTaken,
    Row,
    TooMuch,
    read,
    receive,
)
from log_records._segments import Segments, surplus
from log_records._shipped import admits, shipped, unwrapped
from log_records._store import LogStore
from log_records._terms import Terms

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "PROTOBUF",
    "Batch",
    "Forwarder",
    "Found",
    "LogStore",
    "NotLines",
    "NotTaken",
    "Records",
    "Row",
    "Segments",
    "Terms",
    "TooMuch",
    "accept",
    "admits",
    "among",
    "changed",
    "fingerprint",
    "from_otlp",
    "kept",
    "matching",
    "owned",
    "pipeline_log",
    "read",
    "receive",
    "shipped",
    "surplus",
    "tally",
    "to_otlp",
    "unwrapped",
]
