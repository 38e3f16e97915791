"""A worker that is asked to stop finishes what it has, if that is soon done; else it gives the job back."""

from __future__ import annotations

import time


class Drain:
    """The deadline of a worker that shuts down; there is none while it works normally."""

    def __init__(self) -> None:
        self._deadline: float | None = None

    def begin(self, seconds: float) -> None:
        """Sets the deadline; a second call doesn't move it."""
        if self._deadline is None:
            self._deadline = time.monotonic() + seconds

    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self._deadline is not None and time.monotonic() > self._deadline

    @property
    def begun(self) -> bool:
        """Whether the worker was asked to stop."""
        return self._deadline is not None


DRAIN = Drain()
"""Of this process. Signal handlers can reach nothing but a module's name."""
