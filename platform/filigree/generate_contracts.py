"""The generated contracts: grants, edges by callee, events' schemas, AsyncAPI."""

from typing import Any

from filigree.edges import Edge
from filigree.generate_source import Source, as_json, as_yaml


def grants(source: Source) -> dict[str, str]:
    """contracts/grants.json: what each service may read, write and publish.

    ``platform`` lists the collections that it may use in the tenant _platform too.
    """
    granted = {
        service.name: {
            "read": sorted({each.name for each in held}),
            "write": sorted({each.name for each in held if each.access == "write"}),
            "platform": sorted({each.name for each in held if each.platform}),
            "publishes": sorted(service.publishes),
        }
        for service in source.services
        if (held := source.mesh.grants(service.name)) or service.publishes
    }
    return {"contracts/grants.json": as_json(granted)}


def edges(source: Source) -> dict[str, str]:
    """contracts/edges/<callee>.yaml: who calls it, for the callee's team to review."""
    return {
        f"contracts/edges/{callee.name}.yaml": as_yaml(
            {
                "callee": callee.name,
                "owner": callee.owner,
                "callers": [_caller(source, edge) for edge in arriving],
            },
            f"Who calls {callee.name}; its team reviews a change of it.",
        )
        for callee in source.services
        if (arriving := source.mesh.to(callee.name))
    }


def _caller(source: Source, edge: Edge) -> dict[str, Any]:
    caller = source.mesh.declarations[edge.caller]
    call = caller.call(edge.callee)
    spelt: dict[str, Any] = {"service": edge.caller, "owner": caller.owner}
    if call:
        spelt["calls"] = sorted(call.operations)
        spelt |= {"optional": True} if call.optional else {}
    fanned = set(edge.operations) - set(call.operations if call else ())
    if fanned:
        spelt["fan_out"] = sorted(fanned)
    return spelt


def schemas(source: Source) -> dict[str, str]:
    """contracts/events/<type>.schema.json: the data of each event."""
    return {
        f"contracts/events/{event.type}.schema.json": as_json(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **event.schema}
        )
        for event in source.events.values()
    }


def asyncapi(source: Source) -> dict[str, str]:
    """contracts/asyncapi.yaml (AsyncAPI 3.0): who publishes and who consumes what."""
    events = sorted(source.events)
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Filigree's events", "version": "1"},
        "defaultContentType": "application/cloudevents+json",
        "channels": {event: _channel(source, event) for event in events},
        "operations": {
            f"{service}.{verb}.{event}": {
                "action": verb,
                "channel": {"$ref": f"#/channels/{event}"},
                "title": service,
            }
            for event in events
            for verb, services in (
                ("send", source.publishers(event)),
                ("receive", source.consumers(event)),
            )
            for service in services
        },
    }
    return {"contracts/asyncapi.yaml": as_yaml(document)}


def _channel(source: Source, event: str) -> dict[str, Any]:
    model = source.events[event]
    text = {"type": "string"}
    envelope = {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "tenant", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "source": text,
            "type": {"const": event},
            "tenant": text,
            "subject": text,
            "traceparent": text,
            "time": {"type": "string", "format": "date-time"},
            "data": {"$ref": f"./events/{event}.schema.json"},
        },
    }
    message = {
        "name": event,
        "title": model.name,
        "summary": model.schema.get("description", "").partition("\n")[0],
        "payload": envelope,
    }
    return {"address": f"events.{event}", "messages": {model.name: message}}
