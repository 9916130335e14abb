"""What the system allows a mesh and all that it starts."""

import resource

# Connections of Envoy and of each service; macOS takes no more, and begins with 256.
WANTED = 10_240
ENOUGH = 1_024


def open_files() -> int:
    """How many files each process may have open: as many as are wanted, if allowed."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = WANTED if most == resource.RLIM_INFINITY else min(WANTED, most)
    if now != resource.RLIM_INFINITY and now < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
        return allowed
    return now
