"""Endpoints: where a cluster's services can be reached, mirrored from EndpointSlices.

``Mirror`` lists the slices and watches them from there on. A watch that is lost goes
on where it was; one whose place is forgotten (410 Gone) begins with a new list, which
also removes what vanished meanwhile. While the API server is away, what was last known
stays.
The ``kubernetes`` SDK, 13 MB of memory, is imported when a mirror starts.
"""

from endpoint_slices._mirror import Mirror, connected, mirroring
from endpoint_slices._settings import Settings
from endpoint_slices._slices import Endpoint, Slices

__all__ = ["Endpoint", "Mirror", "Settings", "Slices", "connected", "mirroring"]
