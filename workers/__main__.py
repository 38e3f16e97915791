"""`python -m workers ocr | llm | schedule`: one worker process."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType
from typing import Any

import structlog
from redis import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app import wiring
from app.settings import Settings
from app.telemetry import set_up_logs
from pipeline import child
from workers import schedule
from workers.queues import WakeUp, queue
from workers.shutdown import DRAIN

log = structlog.get_logger()

_QUEUES = {"ocr": ("ocr",), "llm": ("classification", "extraction", "reread")}


class StageWorker(SimpleWorker):
    """Runs the stages in this process; what may crash or hang runs in `pipeline.child`."""

    drain_s = 20.0

    def request_stop(self, signum: Any, frame: FrameType | None) -> None:
        """Stops taking wake-ups; the document in hand has `drain_s` left."""
        DRAIN.begin(self.drain_s)
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call] # RQ's own signature has no types
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def main() -> int:
    """Runs the worker named on the command line until it is asked to stop."""
    role = sys.argv[1] if len(sys.argv) == 2 else ""
    if role not in (*_QUEUES, "schedule"):
        print("usage: python -m workers ocr | llm | schedule", file=sys.stderr)
        return 2
    settings = wiring.settings()
    set_up_logs(settings.log_level, f"worker-{role}" if role in _QUEUES else "scheduler")
    try:
        if role == "schedule":
            _run_scheduler(settings)
        else:
            _run_worker(role, settings)
    except wiring.NotConfigured as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run_scheduler(settings: Settings) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: DRAIN.begin(0.0))
    schedule.run(settings)


def _run_worker(role: str, settings: Settings) -> None:
    """Works; when Redis goes away, waits for it and works on."""
    child.start_server(with_models="ocr" in _QUEUES[role])
    StageWorker.drain_s = settings.drain_s
    wiring.database(settings)
    while not DRAIN.begun:
        try:
            with wiring.redis(settings) as connection:
                worker = StageWorker(
                    [queue(name, connection) for name in _QUEUES[role]],
                    connection=connection,
                    serializer=JSONSerializer,
                    job_class=WakeUp,
                    default_result_ttl=0,
                )
                worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("redis_away", error=type(error).__name__)
        if not DRAIN.begun:
            time.sleep(1.0)


if __name__ == "__main__":
    raise SystemExit(main())
