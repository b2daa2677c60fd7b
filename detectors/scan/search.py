"""The scan: groups whose members keep company beyond what is usual, in any trace and window, against replayed worlds."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from detectors.scan.acts import Acts, Company
from detectors.scan.backbone import core_links
from detectors.scan.choose import Candidate, chosen, contracted, grown
from detectors.scan.core import core, crowds
from detectors.scan.evidence import evidence_of
from detectors.scan.lenses import RESOLUTIONS, layers_of
from detectors.scan.level import Sizes
from detectors.scan.screen import possible, promising
from detectors.scan.usual import KINDS, Usual
from detectors.significance import I64

_STEPS = 100  # of each window that progress is told in
LENSES_PER_WINDOW = 2 * (2 + len(RESOLUTIONS))  # of each core: components, modularity, and each resolution

Told = Callable[[int, int], None]
Dropped = Callable[[Usual, int], None]  # in this view, so many pairs that met are no links


def _untold(*_: object) -> None:
    """Whoever asks for no word gets none."""


@dataclass(frozen=True)
class Scan:
    """The acts of all traces seen through all windows; made once, asked many times."""

    seen: tuple[Usual, ...]
    smallest: int
    least: Mapping[str, int]  # per trace, distinct objects from which an account is looked at
    seed: int

    def view(self, trace: str, seconds: int) -> Usual | None:
        """The acts of one trace seen through one window."""
        wanted = (trace, seconds * 1_000_000)
        return next((one for one in self.seen if (one.acts.trace, one.company.window_us) == wanted), None)

    @property
    def lenses(self) -> int:
        """How many ways a group could have been found: what the level pays for."""
        return len(self.seen) * LENSES_PER_WINDOW

    def candidates(self, told: Told, dropped: Dropped) -> list[Candidate]:
        """Every group that any lens shows, without members that keep no company of their own."""
        found, everything = [], len(self.seen) * _STEPS
        for number, usual in enumerate(self.seen):
            told(number * _STEPS, everything)
            shown = self._shown(usual, dropped)
            for place, members in enumerate(shown):
                told(number * _STEPS + place * _STEPS // len(shown), everything)
                one = contracted(usual, members, self.smallest)
                if one is not None:
                    found.append(grown(one, self.smallest))
        return found

    def _shown(self, usual: Usual, dropped: Dropped) -> list[I64]:
        """The groups of both cores that any lens shows and that are promising, each once."""
        least = self.least[usual.acts.trace]
        cores = core(usual.company, least), crowds(usual.company, KINDS[1], least)
        backbones = [core_links(usual.company, possible(usual, stay, self.smallest)) for stay in cores]
        if cut := max(backbone.dropped for backbone in backbones):
            dropped(usual, cut)
        worth = partial(promising, usual, smallest=self.smallest)
        layers = itertools.chain.from_iterable(
            layers_of(one.links, self.smallest, self.seed, worth) for one in backbones
        )
        once = {members.tobytes(): members for members in itertools.chain.from_iterable(layers)}
        return list(once.values())

    def best_view(self, members: I64) -> Candidate | None:
        """A group from elsewhere (pairs, lockstep) in the trace and window that show most evidence for it, contracted there."""
        views = [Candidate(usual, members, evidence_of(usual, members)) for usual in self.seen]
        for best in sorted(views, key=lambda one: one.rank)[:3]:
            again = contracted(best.usual, members, self.smallest)
            if again is not None:
                return grown(again, self.smallest)
        return None


def scan_of(
    traces: Iterable[Acts],
    windows: Mapping[str, Sequence[int]],
    *,
    smallest: int,
    least: Mapping[str, int],
    seed: int,
) -> Scan:
    """Every trace is seen through its `windows` (seconds); accounts with fewer than `least` objects of it are not asked."""
    seen = [Usual(Company(acts, seconds * 1_000_000)) for acts in traces for seconds in sorted(windows[acts.trace])]
    return Scan(tuple(seen), smallest, least, seed)


def groups_in(
    scan: Scan, more: Iterable[I64] = (), told: Told = _untold, dropped: Dropped = _untold
) -> list[Candidate]:
    """The groups of a scan, without overlap, those with most evidence first; `more` are candidates found by other means.

    `told(done, total)` hears of the progress, and may raise to stop; `dropped` of links left out for want of budget.
    """
    views = [view for members in more if (view := scan.best_view(members)) is not None]
    return chosen([*scan.candidates(told, dropped), *views], scan.smallest)


def sizes_of(groups: Sequence[Candidate]) -> Sizes:
    """Net evidence and size of each group."""
    return Sizes(
        np.array([one.evidence.net for one in groups], dtype=np.float64),
        np.array([one.members.size for one in groups], dtype=np.float64),
    )
