"""Log lines as they come in, as they are kept, and as they go on.

``read`` takes a batch apart (a JSON array, newline-delimited JSON, or OTLP/HTTP);
``owned`` makes each row the one shape that is kept, redacted and bounded, by tenant;
``shipped`` takes apart what a cluster's log agent sends, if it ``admits`` its key;
``Shelf`` keeps lines, counts errors by fingerprint (``tally``) and bounds the room that
they take (``Segments``, ``surplus``); ``Forwarder`` passes lines on as OTLP.
"""

from loglines._accept import Found, accept, kept, owned
from loglines._errors import among, changed, tally
from loglines._fingerprint import fingerprint
from loglines._forward import Forwarder
from loglines._otlp_in import from_otlp
from loglines._otlp_out import to_otlp
from loglines._pipeline import Records, pipeline_log
from loglines._protobuf import MEDIA_TYPE as PROTOBUF
from loglines._query import matching
from loglines._read import (
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
from loglines._segments import Segments, surplus
from loglines._shelf import Shelf
from loglines._shipped import admits, shipped, unwrapped
from loglines._terms import Terms

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "PROTOBUF",
    "Batch",
    "Forwarder",
    "Found",
    "NotLines",
    "NotTaken",
    "Records",
    "Row",
    "Segments",
    "Shelf",
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
