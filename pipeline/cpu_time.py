"""What a process has cost so far, as `./fuse eval` and the benchmarks count it."""

from __future__ import annotations

import resource


def cpu_s() -> float:
    """This process's CPU seconds, with those of the programs it ran (`tesseract`) that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
