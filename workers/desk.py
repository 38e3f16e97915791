"""What a stage works with: the claim it holds, the store, the settings, and the pulse that keeps the claim."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app import wiring
from app.settings import Settings
from db import jobs
from db.jobs import Claim, StaleFence
from pipeline import child
from workers import retry
from workers.shutdown import DRAIN

log = structlog.get_logger()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a stage works with.

    Attributes:
        held: the claim.
        store, settings: of this process.
        pulses: of all claims that are kept while one of them is worked on. A desk that is given those of another one
            joins it.
    """

    held: Claim
    store: Engine
    settings: Settings
    pulses: list[Pulse] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pulses.append(Pulse(self.held, self.store, self.settings))

    def save(self, write: Callable[[Connection], _T]) -> _T:
        """Runs a write in a transaction of its own; a database that is away for some seconds is waited for."""
        return retry.patiently(lambda: self._in_transaction(write))

    def _in_transaction(self, write: Callable[[Connection], _T]) -> _T:
        with self.store.begin() as connection:
            return write(connection)

    def in_child(self, work: Callable[..., Any], *args: Any, on_item: Callable[[Any], None] | None = None) -> Any:
        """Calls `work(*args)` in a confined child while the claim is kept; see `pipeline.child.run`."""
        limits = wiring.stage_limits(self.settings)
        return child.run(work, *args, limits=limits, on_item=on_item, tick=self.tick)

    def tick(self) -> None:
        """Called while something is waited for: keeps the claim, and those of the desks beside this one.

        Raises:
            Interrupted: the worker shuts down and its time is over.
            StaleFence: the lease of this desk's claim is lost. Another one's is noticed where its result is stored.
        """
        for pulse in self.pulses:
            if pulse.held is self.held:
                pulse.tick()
            else:
                with suppress(StaleFence):
                    pulse.tick()


class Pulse:
    """Prolongs a lease now and then, however short the pieces of work are, and stops work when the worker shuts down.

    Args:
        held: the claim, taken just now.
        store, settings: of this process.
    """

    def __init__(self, held: Claim, store: Engine, settings: Settings) -> None:
        self.held, self._store, self._settings = held, store, settings
        self._beat_at = time.monotonic()
        self._lease_from = self._beat_at

    def tick(self) -> None:
        """Raises:
        Interrupted: the worker shuts down and its time is over.
        StaleFence: the lease is lost.
        """
        if DRAIN.over():
            raise child.Interrupted
        now = time.monotonic()
        if now - self._beat_at < self._settings.heartbeat_s:
            return
        self._beat_at = now
        try:
            with self._store.begin() as connection:
                jobs.heartbeat(connection, self.held, self._settings.lease_s)
        except SQLAlchemyError:
            if now - self._lease_from > self._settings.lease_s:
                raise StaleFence from None
            log.warning("heartbeat_missed")
        else:
            self._lease_from = now
