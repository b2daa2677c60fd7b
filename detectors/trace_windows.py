"""Through which windows each trace is looked at: those of the settings, and the long ones that its declaration asks for."""

from detectors.settings import Settings
from graph.traces import TRACES

MONTH = 30 * 86_400  # the longest window of DETECTORS 2.1: means, and follows and likes that a work queue spreads


def is_timed(trace: str) -> bool:
    """Whether acting within minutes of one another says something; means are had in common, not used together."""
    return bool(TRACES[trace].timed_windows)


def windows_of(trace: str, settings: Settings) -> tuple[int, ...]:
    """Seconds, ascending."""
    if not is_timed(trace):
        return (MONTH,)
    long = (MONTH,) if TRACES[trace].evidence == "lockstep" else ()
    return tuple(sorted({*settings.windows, *settings.slow_windows, *long}))


def least_objects(trace: str, settings: Settings) -> int:
    """Distinct objects from which an account is tested: fewer where two in common are enough."""
    return min(settings.min_objects, max(TRACES[trace].min_shared, 2))
