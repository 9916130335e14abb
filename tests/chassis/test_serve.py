"""Where an image's service can be reached."""

import inspect
import socket

import chassis
from chassis import _serve


def test_a_service_listens_for_ipv4_and_for_ipv6():
    """As the loop resolves its host: a pod may have addresses of one kind alone."""
    host = inspect.signature(_serve.serve).parameters["host"].default
    found = socket.getaddrinfo(
        host or None, 80, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    addresses = {family: address[0] for family, *_, address in found}
    assert addresses == {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}


def test_whatever_a_service_is_asked_it_may_answer_before_it_ends():
    """What streams ends with its stream, or when its service does."""
    told = [
        operation["x-timeout"]
        for document in chassis.contracts().values()
        for methods in document["paths"].values()
        for operation in methods.values()
        if "x-stream" not in operation
    ]
    assert max(told) < _serve.DRAIN
