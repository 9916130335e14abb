"""The dashboard that says what it costs that services are small.

Time and bytes on the way between them, what the proxies take of CPU and memory, what
pods hold against what they ask for, and how many hops a chat makes.
"""

from collections.abc import Callable

from filigree.dashboard_panels import Panel, Row
from filigree.edges import GATEWAY
from filigree.generate_source import Source

PODS = 'namespace=~"filigree-.+"'
PROXY = f'{PODS},container="istio-proxy"'
OWN = f'{PODS},container!~"istio-proxy|POD|"'
CPU = "container_cpu_usage_seconds_total"
MEMORY = "container_memory_working_set_bytes"
MESH = 'destination_workload_namespace=~"filigree-.+"'


def rows(source: Source) -> list[Row]:
    """The dashboard's rows; *source* says which operation is the chat."""
    return [
        Row("The way between services", (_hop(), _hops(source), _bytes())),
        Row("What the proxies take", (_share("CPU", _cpu), _share("memory", _memory))),
        Row("Pods against what they ask for", (_asked("cpu"), _asked("memory"))),
    ]


def _quantile(reporter: str) -> str:
    """At the caller's proxy (source), or at the callee's (destination)."""
    counted = (
        f'istio_request_duration_milliseconds_bucket{{reporter="{reporter}",{MESH}}}'
    )
    return f"histogram_quantile(0.5, sum by (le) (rate({counted}[5m])))"


def _hop() -> Panel:
    return Panel(
        "A call, p50",
        {
            "at the caller's proxy": _quantile("source"),
            "at the callee's proxy": _quantile("destination"),
        },
        "ms",
        about="What lies between the two is the network and one proxy.",
    )


def _hops(source: Source) -> Panel:
    every = "sum(rate(filigree_requests_total[5m]))"
    entered = f'sum(rate(filigree_requests_total{{service="{GATEWAY}"}}[5m]))'
    queries = {"a request from outside": f"{every} / {entered}"}
    for service, offered in source.mesh.operations.items():
        if "chat" in offered:
            chats = f'filigree_requests_total{{service="{service}",operation="chat"}}'
            queries["a chat, of all that is done"] = f"{every} / sum(rate({chats}[5m]))"
    return Panel(
        "Requests between services for each",
        queries,
        about="True of a chat alone only as long as nothing else is asked for.",
    )


def _bytes() -> Panel:
    def through(kind: str) -> str:
        counted = f'istio_{kind}_bytes_sum{{reporter="destination",{MESH}}}'
        return f"sum(rate({counted}[5m]))"

    queries = {"requests": through("request"), "answers": through("response")}
    return Panel("Bytes through the mesh", queries, "Bps")


def _cpu(where: str) -> str:
    return f"sum by (namespace) (rate({CPU}{{{where}}}[5m]))"


def _memory(where: str) -> str:
    return f"sum by (namespace) ({MEMORY}{{{where}}})"


def _share(name: str, used: Callable[[str], str]) -> Panel:
    of_all = f"{used(PROXY)} / ({used(PROXY)} + {used(OWN)})"
    return Panel(f"Proxies' share of {name}", {"{{namespace}}": of_all}, "percentunit")


def _asked(resource: str) -> Panel:
    by = "namespace, pod, container"
    used = {"cpu": f"rate({CPU}{{{OWN}}}[5m])", "memory": f"{MEMORY}{{{OWN}}}"}
    asked = f'kube_pod_container_resource_requests{{{OWN},resource="{resource}"}}'
    query = (
        f"sum by (container) (sum by ({by}) ({used[resource]}))"
        f" / on (container) sum by (container) ({asked})"
    )
    return Panel(
        f"{resource} used, share of the request",
        {"{{container}}": query},
        "percentunit",
    )
