"""charts/values/nats.yaml: the bus in a cluster, with the users that a laptop's has.

For the chart of nats-io/k8s, whose values become the server's configuration. A password
is a variable there, which the container has from a Secret; ``<< $NAME >>`` is how that
chart spells it.
"""

from typing import Any

from filigree import nats_conf
from filigree.declarations import Declaration
from filigree.generate_source import Source, as_yaml

SECRET = "filigree-bus"  # a key for each user, its password


def nats(source: Source) -> dict[str, str]:
    """The values of the bus's chart."""
    users = nats_conf.users(source.services)
    given = {
        "fullnameOverride": "nats",
        "config": {
            "jetstream": {
                "enabled": True,
                "memoryStore": {"enabled": True, "maxSize": "16Mi"},
                "fileStore": {"enabled": True, "pvc": {"enabled": True, "size": "4Gi"}},
                # An event that was acknowledged is on the disk.
                "merge": {"sync_interval": "always"},
            },
            "merge": {
                "max_payload": "<< 1MB >>",
                "authorization": {"users": [_user(each) for each in users]},
            },
        },
        "container": {"env": {variable(each.name): _secret(each) for each in users}},
        "natsBox": {"enabled": False},
    }
    return {"charts/values/nats.yaml": as_yaml(given)}


def variable(user: str) -> str:
    """The variable that holds a user's password."""
    return f"BUS_{user.upper().replace('-', '_')}"


def _user(service: Declaration) -> dict[str, Any]:
    return {
        "user": service.name,
        "password": f"<< ${variable(service.name)} >>",
        "permissions": {
            "publish": list(nats_conf.may_publish(service)),
            "subscribe": list(nats_conf.may_subscribe(service)),
        },
    }


def _secret(service: Declaration) -> dict[str, Any]:
    return {"valueFrom": {"secretKeyRef": {"name": SECRET, "key": service.name}}}
