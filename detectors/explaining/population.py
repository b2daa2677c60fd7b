"""What a run knew of everybody, made again from the facts: nulls, paces and views, each once, when first asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.meetings import Meetings, meetings_of
from detectors.nulls import NULLS, SPELL_SECONDS, NullModel
from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.usual import Usual
from detectors.settings import Settings
from detectors.significance import I64
from detectors.synchrony import Pace, pace_of
from detectors.trace_actions import TraceActions


@dataclass(slots=True)
class Population:
    """The traces with all their accounts, and the cluster of each but those in question (-1: in none).

    `actions` are those of accounts with few acts too, `everyone` the sorted ids. Answers are kept: many what-ifs ask
    for the same ones.
    """

    traces: Sequence[TraceActions]
    actions: pl.DataFrame
    everyone: pl.Series
    others: I64
    tongue: I64
    _views: dict[tuple[str, int], Usual] = field(default_factory=dict)
    _names: dict[str, pl.Series] = field(default_factory=dict)
    _meetings: dict[str, Meetings] = field(default_factory=dict)
    _nulls: dict[tuple[str, str, int], NullModel] = field(default_factory=dict)
    _paces: dict[tuple[str, int, int], Pace] = field(default_factory=dict)

    def nulls(self, settings: Settings) -> Mapping[tuple[str, int], NullModel]:
        """The null model of each trace and window (seconds), made when it is asked for."""
        return _Asked({actions.trace: actions for actions in self.traces}, self, settings.null)

    def paces(self, settings: Settings) -> Mapping[tuple[str, int], Pace]:
        """How quickly everybody meets within each window of `settings` but the widest, given that within."""
        *narrow, widest = sorted(settings.windows)
        return {
            (actions.trace, seconds): self._pace(actions, seconds, widest)
            for actions in self.traces
            for seconds in narrow
        }

    def view(self, trace: str, seconds: int) -> Usual:
        """The trace through a window, as the scan of the run saw it."""
        if (trace, seconds) not in self._views:
            acted = self.actions.filter(pl.col("trace") == trace)
            acts = acts_of_trace(acted, trace, self.everyone, self.tongue)
            self._views[trace, seconds] = Usual(Company(acts, seconds * 1_000_000))
        return self._views[trace, seconds]

    def numbers_in_view(self, actions: TraceActions, objects: Sequence[int]) -> I64:
        """Codes of `objects` (codes of `actions`) in the views of the trace, which hold everybody's objects."""
        if actions.trace not in self._names:
            named = self.actions.filter(pl.col("trace") == actions.trace)["object_id"]
            self._names[actions.trace] = named.unique().sort()
        ids = actions.coded.object_ids.gather(list(objects))
        return self._names[actions.trace].search_sorted(ids).to_numpy().astype(np.int64)

    def _null(self, actions: TraceActions, name: str, seconds: int) -> NullModel:
        key = (actions.trace, name, seconds)
        if key not in self._nulls:
            if actions.trace not in self._meetings:
                self._meetings[actions.trace] = meetings_of(actions.coded, actions.degrees, SPELL_SECONDS)
            self._nulls[key] = NULLS[name](self._meetings[actions.trace], timedelta(seconds=seconds))
        return self._nulls[key]

    def _pace(self, actions: TraceActions, seconds: int, widest: int) -> Pace:
        key = (actions.trace, seconds, widest)
        if key not in self._paces:
            self._paces[key] = pace_of(actions, self.others, timedelta(seconds=seconds), timedelta(seconds=widest))
        return self._paces[key]


class _Asked(dict[tuple[str, int], NullModel]):
    """Null models by trace and window, each made the first time it is looked up."""

    def __init__(self, traces: Mapping[str, TraceActions], population: Population, name: str) -> None:
        super().__init__()
        self._traces, self._population, self._name = traces, population, name

    def __missing__(self, key: tuple[str, int]) -> NullModel:
        trace, seconds = key
        self[key] = self._population._null(self._traces[trace], self._name, seconds)
        return self[key]
