"""A page for each domain: what it is, who calls it, its promises, how to release it."""

from collections.abc import Iterable

from filigree.cluster_values import PREFIX
from filigree.declarations import Declaration
from filigree.generate_source import NOTICE, Source

# For the pods, and not for what some controller may say of Istio's objects; longer than
# the five minutes that a start may take on busy cores, which is Helm's own patience.
WAITING = "--wait=legacy --timeout 10m"


def readmes(source: Source) -> dict[str, str]:
    """services/<domain>/README.md of every domain."""
    domains = sorted({each.domain for each in source.services})
    return {f"services/{each}/README.md": _page(source, each) for each in domains}


def _page(source: Source, domain: str) -> str:
    services = [each for each in source.services if each.domain == domain]
    owners = ", ".join(source.owners(domain))
    lines = [
        f"<!-- {NOTICE} -->",
        f"# {domain}",
        "",
        f"Owned by {owners}. Namespace and release: `{PREFIX}{domain}`.",
        "",
        "| service | port | what it does | availability | p95 | called by |",
        "|---|---|---|---|---|---|",
        *(_row(source, each) for each in services),
        "",
        *_outside(source, services),
        *_releasing(domain),
    ]
    return "\n".join([*lines, ""])


def _row(source: Source, service: Declaration) -> str:
    callers = sorted(edge.caller for edge in source.mesh.to(service.name))
    cells = (
        service.name,
        str(service.port),
        service.summary.replace("|", "\\|"),
        f"{service.slo.availability:g} %",
        f"{service.slo.p95_ms:g} ms",
        ", ".join(callers) or "nobody",
    )
    return f"| {' | '.join(cells)} |"


def _outside(source: Source, services: Iterable[Declaration]) -> list[str]:
    own = {each.name for each in services}
    called = {edge.callee for name in own for edge in source.mesh.of(name)} - own
    beside = {each.service for one in services for each in one.in_cluster}
    hosts = {host for each in services for host in each.providers}
    return [
        f"It calls, of other domains: {_all(called)}.",
        f"It asks, beside Filigree in the cluster: {_all(beside)}.",
        f"It reaches, outside the cluster: {_all(hosts)}.",
        "",
    ]


def _all(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _releasing(domain: str) -> list[str]:
    home = PREFIX + domain
    return [
        "## Release",
        "",
        "Images are named by digest, in a file such as `images.yaml`:",
        "`services: {<service>: {image: {digest: sha256:…}}}`.",
        "",
        "```",
        f"helm upgrade --install {home} charts/domain --namespace {home} \\",
        f"  -f charts/values/{domain}.yaml -f charts/values/{domain}.overrides.yaml \\",
        f"  -f images.yaml {WAITING}",
        f"helm test {home} --namespace {home}",
        "```",
        "",
        "`legacy` is Helm 4's word for waiting for pods, as Helm 3's `--wait` does.",
        "",
        "A new call needs the callee's release first, which admits the caller. Whether",
        "the cluster admits all that this domain calls:",
        "",
        "```",
        "kubectl get authorizationpolicies --all-namespaces --output json \\",
        f"  | filigree admitted {domain}",
        "```",
        "",
        "A canary is started with `services.<service>.canary.image.digest`, and gets",
        "its share with `canary.weight` when it is ready.",
        "",
        "## Roll back",
        "",
        "```",
        f"helm history {home} --namespace {home}",
        f"helm rollback {home} --namespace {home} {WAITING}",
        "```",
    ]
