"""The measuring loop of the peers: the same rule as that of msfhe-bench."""

import time
from collections.abc import Callable

TOLERANCE = 0.02  # the third-fastest sample is this near to the fastest before the fastest counts
LEAST_SECONDS = 0.3
MOST_SECONDS = 12.0


class WrongResult(Exception):
    """A peer's result is not what it should be: its time then means nothing."""


def measure(work: Callable[[], object]) -> dict:
    """Runs `work` once to warm up, then until the fastest time is settled; times in nanoseconds."""
    work()
    samples: list[float] = []
    start = time.perf_counter()
    while True:
        before = time.perf_counter_ns()
        work()
        samples.append(time.perf_counter_ns() - before)
        samples.sort()
        elapsed = time.perf_counter() - start
        settled = len(samples) >= 3 and samples[2] <= samples[0] * (1 + TOLERANCE)
        if (settled and elapsed >= LEAST_SECONDS) or (elapsed >= MOST_SECONDS and len(samples) >= 3):
            return {
                "nanoseconds": samples[0],
                "medianNanoseconds": samples[len(samples) // 2],
                "samples": len(samples),
                "spread": samples[2] / samples[0] - 1,
            }
