"""How good the pipeline is, by labelled documents and without a database: what `./fuse eval` runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Event
from typing import Any

from pipeline import child
from pipeline.evaluate.interface import case_json, summary_json
from pipeline.evaluate.kept_readings import KeptReadings
from pipeline.evaluate.manifest import Labelled, ManifestError, load_manifest
from pipeline.evaluate.prediction import Setup, predict
from pipeline.evaluate.scoring import Case, score
from pipeline.evaluate.summary import Summary, summarise

__all__ = [
    "Case",
    "Evaluation",
    "KeptReadings",
    "Labelled",
    "ManifestError",
    "Setup",
    "Summary",
    "evaluate",
    "load_manifest",
]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over labelled documents.

    Attributes:
        cases: in the order of the manifest.
        summary: the figures.
    """

    cases: tuple[Case, ...]
    summary: Summary

    def to_json(self) -> dict[str, Any]:
        """The stable interface of docs/evaluation.md."""
        return {"documents": [case_json(case) for case in self.cases], "summary": summary_json(self.summary)}


def evaluate(
    documents: Sequence[Labelled],
    setup: Setup,
    workers: int,
    on_done: Callable[[Case], None] = lambda _: None,
) -> Evaluation:
    """Runs labelled documents through the pipeline and scores them.

    The work is done in confined children; the threads here only watch them. The clock starts when the children's
    server is warm.

    Args:
        documents: what to run.
        setup: what to run it with.
        workers: documents at a time.
        on_done: called for each document when it is done, in the order in which they end.
    """
    child.start_server(with_models=True)
    started = time.monotonic()
    stopped = Event()

    def tick() -> None:
        if stopped.is_set():
            raise child.Interrupted

    def run(labelled: Labelled) -> Case:
        return score(labelled, predict(labelled.path, setup, tick))

    with ThreadPoolExecutor(workers) as pool:
        futures: list[Future[Case]] = [pool.submit(run, labelled) for labelled in documents]
        try:
            for future in as_completed(futures):
                on_done(future.result())
        except BaseException:  # Ctrl+C too: nothing may go on behind it
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    cases = tuple(future.result() for future in futures)
    return Evaluation(cases, summarise(cases, time.monotonic() - started, workers))
