"""The generated overviews for people: CODEOWNERS, docs/services.md and settings.md."""

from importlib.resources import files

from filigree.declarations import Declaration
from filigree.edges import STORE
from filigree.generate_source import NOTICE, Source

PLATFORM = "@filigree/platform"


def codeowners(source: Source) -> dict[str, str]:
    """.github/CODEOWNERS: of two patterns that match, the later one holds.

    A service's edges file belongs to the team that is called, so that it reviews who
    calls it.
    """
    rows = [("*", PLATFORM)]
    for domain in sorted({service.domain for service in source.services}):
        owners = " ".join(source.owners(domain))
        rows += [
            (f"/services/{domain}/", owners),
            (f"/contracts/{domain}/", owners),
            (f"/charts/values/{domain}.*", owners),
        ]
    for service in source.services:
        rows += [(path, service.owner) for path in _paths(service)]
    width = max(len(path) for path, _ in rows)
    lines = [f"{path:<{width}} {owner}" for path, owner in rows]
    return {".github/CODEOWNERS": "\n".join([f"# {NOTICE}", *lines, ""])}


def _paths(service: Declaration) -> tuple[str, ...]:
    return (
        f"/{service.folder.as_posix()}/",
        f"/tests/services/{service.folder.name}/",
        f"/contracts/openapi/{service.name}.json",
        f"/contracts/edges/{service.name}.yaml",
    )


def services(source: Source) -> dict[str, str]:
    """docs/services.md: every service on one page."""
    head = [
        f"<!-- {NOTICE} -->",
        "# The services",
        "",
        f"{len(source.services)} services. `D` is {STORE}; a call in brackets is "
        "optional.",
        "",
        "| port | service | domain | owner | summary | calls |",
        "|---|---|---|---|---|---|",
    ]
    rows = [_row(service) for service in source.services]
    return {"docs/services.md": "\n".join([*head, *rows, ""])}


def _row(service: Declaration) -> str:
    called = [
        f"({name})" if call.optional else name
        for call in service.calls
        for name in ("D" if call.service == STORE else call.service,)
    ]
    called += [f"*every {kind}*" for kind in service.fan_out]
    cells = (
        str(service.port),
        f"[{service.name}](../{service.folder.as_posix()}/app.py)",
        service.domain,
        service.owner,
        service.summary.replace("|", "\\|"),
        ", ".join(called),
    )
    return f"| {' | '.join(cells)} |"


def settings(source: Source) -> dict[str, str]:
    """docs/settings.md: what can be set in the environment, service by service."""
    head = (files("filigree.templates") / "settings.md.txt").read_text("utf-8")
    text = f"<!-- {NOTICE} -->\n{head}"
    text += "".join(_table(each) for each in source.services if each.settings)
    return {"docs/settings.md": text}


def _table(service: Declaration) -> str:
    rows = [
        f"| `{each.name}` | {each.default or 'none'} | {each.about} |"
        for each in service.settings
    ]
    head = ["| Variable | Default | What it is |", "| --- | --- | --- |"]
    return "\n".join(["", f"## {service.name}", "", *head, *rows, ""])
