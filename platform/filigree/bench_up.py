"""`filigree up`: how long a user waits, at first and later, and what it takes."""

from filigree import bench_mesh
from filigree.bench_report import Ground, Section

SECONDS, MEGABYTES = 8.0, 600.0


def measure(ground: Ground) -> Section:
    """Start the benchmark's mesh again, on the data of its first start.

    The first start, when the database is made, was that of the benchmark itself.
    """
    bench_mesh.stop(ground.mesh)
    ground.say("first start")
    first = bench_mesh.start(ground.mesh)
    bench_mesh.pause(ground.mesh)
    ground.say("second start")
    again = bench_mesh.start(ground.mesh)
    found = bench_mesh.rows(ground.mesh)
    megabytes = sum(row["pss"] for row in found) / 1e6
    services = sum(row["kind"] == "service" for row in found)
    ratio = again / ground.bare.startup
    rows = [
        ("first start, database made", f"{first:.1f} s", "", ""),
        ("start", f"{again:.1f} s", f"{ratio:.1f}", f"≤ {SECONDS:g} s"),
        ("PSS of it all", f"{megabytes:.0f} MB", "", f"< {MEGABYTES:g} MB"),
    ]
    notes = [f"{services} services, three engines, supervisor and nursery."]
    if waiting := bench_mesh.unready(ground.mesh):
        notes.append(f"Not ready: {', '.join(waiting)}.")
    held = again <= SECONDS and megabytes < MEGABYTES and not waiting
    head = ("", "", "to a bare start", "target")
    return Section("Start of the mesh", head, rows, held, notes)
