"""What the signs of a run are called, on the pages and in reports alike."""

from collections.abc import Mapping
from types import MappingProxyType

from graph.traces import TRACES

# A sign is named by its trace and what it measures; the words behind the title of the trace.
_MEASURES: Mapping[str, str] = MappingProxyType(
    {"overlap": "", "company": ", in company", "synchrony": ", in step", "lockstep": ", in lockstep"}
)
_OF_MANNERS: Mapping[str, str] = MappingProxyType(
    {
        "rhythm_automation": "Posting like a clock",
        "rhythm_together": "Posting in the same minutes",
        "reply_author_swarm": "Answering in swarms",
        "signup": "Created together",
        "signup_burst": "Created together",
        "takeover_means": "New means taken up together",
        "takeover_content": "New content taken up together",
        "takeover_access": "Fought over",
    }
)


def signal_title(name: str) -> str:
    """'url_overlap' -> 'Same links', 'url_synchrony' -> 'Same links, in step'; a name of another form keeps its words.

    The words come from the run as they are: whoever shows them makes them harmless.
    """
    if name in _OF_MANNERS:
        return _OF_MANNERS[name]
    trace, _, measure = name.rpartition("_")
    known = trace in TRACES and measure in _MEASURES
    title = TRACES[trace].title + _MEASURES[measure] if known else name.replace("_", " ")
    return title[:1].upper() + title[1:]
