"""Forms that are filled in by talking, as a pure function; see the README."""

from forms._step import Form, Heard, Step, is_open, step

__all__ = ["Form", "Heard", "Step", "is_open", "step"]
