"""The mirror: a thread that lists, watches, and never gives up."""

import asyncio
import json
import logging
import os
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

import lazy_imports
from endpoint_slices._slices import Endpoint, Slices

WATCH = 240  # seconds that one watch lasts; the server ends it
PAGE = 500  # slices of one page of a list
CONNECT = 5.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0  # seconds between attempts
GONE = 410
# Signing in at Google, which kubectl itself does no more, and other ways to speak with
# a cluster: the SDK imports them for everybody, which takes 7 MB of memory.
UNUSED = ("google.auth",)
LATER = (
    "kubernetes.dynamic",
    "kubernetes.informer",
    "kubernetes.leaderelection",
    "kubernetes.stream",
)
log = logging.getLogger(__name__)


class Mirror:
    """EndpointSlices that *selector* (labels) picks, in *namespace* or in all.

    *changed* is called in the mirror's thread whenever ``services`` is another one.
    """

    def __init__(
        self,
        changed: Callable[[], object],
        *,
        selector: str = "",
        namespace: str | None = None,
    ) -> None:
        self._changed, self._selector, self._namespace = changed, selector, namespace
        self._services: dict[str, tuple[Endpoint, ...]] | None = None
        self._stopped = threading.Event()
        self._watch: Any = None
        self._version: str | None = None
        self._slices = Slices()
        self._thread = threading.Thread(
            target=self._run, name="endpoint-slices", daemon=True
        )

    @property
    def services(self) -> dict[str, tuple[Endpoint, ...]] | None:
        """The ready endpoints by service; None before the first list."""
        return self._services

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """End the watch; a thread that hangs longer is left behind."""
        self._stopped.set()
        if self._watch is not None:
            self._watch.stop()
        self._thread.join(seconds)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.wait(pause):
            try:
                self._follow()
                pause = FIRST_PAUSE
            except Exception as exc:
                if getattr(exc, "status", None) == GONE:
                    self._version = None
                pause = min(pause * 2, LONGEST_PAUSE)
                if not self._stopped.is_set():
                    log.warning("endpoints: begin again in %.1f s: %s", pause, exc)

    def _follow(self) -> None:
        """One watch, from where the last one ended or from a new list."""
        watch, api = _sdk()[2], connected()
        ask = api.list_endpoint_slice_for_all_namespaces
        if self._namespace is not None:
            ask = partial(api.list_namespaced_endpoint_slice, self._namespace)
        if self._version is None:
            self._list(ask)
        # Plain JSON: a model of every object would take ten times the memory.
        self._watch = watch.Watch(return_type="object")
        events = self._watch.stream(
            ask,
            label_selector=self._selector,
            resource_version=self._version,
            allow_watch_bookmarks=True,
            timeout_seconds=WATCH,
            _request_timeout=(CONNECT, WATCH + 30),
        )
        for event in events:
            held = event["raw_object"]
            self._slices.apply(event["type"], held)
            self._version = held["metadata"]["resourceVersion"]
            self._tell()

    def _list(self, ask: Callable[..., Any]) -> None:
        """Everything there is now, page by page, instead of what was known."""
        held: list[Any] = []
        metadata: dict[str, Any] = {}
        cursor = None
        while cursor != "":
            page = _page(ask, self._selector, cursor)
            held += page.get("items") or []
            metadata = page["metadata"]
            cursor = metadata.get("continue") or ""
        self._slices, self._version = Slices(held), metadata["resourceVersion"]
        self._tell()

    def _tell(self) -> None:
        found = self._slices.services()
        if found != self._services:
            self._services = found
            self._changed()


def connected() -> Any:
    """The SDK's discovery.k8s.io/v1, as whom KUBECONFIG or the pod's token names.

    The API server has to show a certificate of the cluster's CA for its own name.
    Python since 3.13 also wants extensions of it that old clusters' CAs lack (EKS,
    MicroK8s), and that nothing else which asks a cluster misses.
    """
    client, config, _ = _sdk()
    if outside := os.environ.get("KUBECONFIG"):
        config.load_kube_config(outside)
    else:
        config.load_incluster_config()
    api = client.DiscoveryV1Api()
    told, http = api.api_client.configuration, api.api_client.rest_client
    if told.verify_ssl:
        trusted = ssl.create_default_context(cafile=told.ssl_ca_cert)
        trusted.verify_flags &= ~ssl.VERIFY_X509_STRICT
        http.pool_manager.connection_pool_kw["ssl_context"] = trusted
    return api


@cache
def _sdk() -> tuple[Any, Any, Any]:
    """Its ``client``, ``config`` and ``watch``."""
    for package in LATER:
        lazy_imports.later(package)
    with lazy_imports.absent(*UNUSED):
        from kubernetes import client, config, watch
    return client, config, watch


def _page(ask: Callable[..., Any], selector: str, cursor: str | None) -> Any:
    client, _, _ = _sdk()
    answer = ask(
        label_selector=selector,
        limit=PAGE,
        _continue=cursor,
        _request_timeout=(CONNECT, 30.0),
        _preload_content=False,
    )
    if answer.status >= 400:
        raise client.ApiException(http_resp=answer)
    return json.loads(answer.data)


@asynccontextmanager
async def mirroring(
    changed: Callable[[], object], selector: str = "", namespace: str | None = None
) -> AsyncIterator[Mirror]:
    """A mirror that runs during the block; *changed* is called in its event loop."""
    told = partial(asyncio.get_running_loop().call_soon_threadsafe, changed)
    mirror = Mirror(told, selector=selector, namespace=namespace)
    mirror.start()
    try:
        yield mirror
    finally:
        await asyncio.to_thread(mirror.stop)
