"""Blocks of several traces as groups of accounts: a ring that follows and likes together is one ring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detectors.lockstep.frames import Blocks

ALIKE = 0.5  # of the smaller block's accounts in the larger one: then the two have one core, and are told as one ring

_Block = tuple[str, int]  # trace, number


@dataclass(frozen=True, slots=True)
class LockstepGroups:
    """`members[g]`: sorted account ids of group g, no account in two; groups in order of their first account.

    `group_of[trace][block]` is the group of a block; a block whose accounts all went to other groups has none.
    """

    members: Sequence[Sequence[str]]
    group_of: Mapping[str, Mapping[int, int]]


def lockstep_groups(found: Mapping[str, Blocks]) -> LockstepGroups:
    """Join the blocks of all traces (keys) that share half of the smaller one's accounts or more.

    An account of several groups goes to the one with most of its touches inside, at a tie to the one whose first
    account is smaller. The order of traces changes nothing.
    """
    inside = _touches_inside(found)
    rings = _joined(inside)
    owner: dict[str, tuple[int, int]] = {}
    for number, ring in enumerate(rings):
        for account in sorted({account for block in ring for account in inside[block]}):
            touches = sum(inside[block].get(account, 0) for block in ring)
            if touches > owner.get(account, (0, 0))[0]:
                owner[account] = touches, number
    held = [[account for account, (_, ring) in sorted(owner.items()) if ring == number] for number in range(len(rings))]
    order = sorted((number for number, accounts in enumerate(held) if accounts), key=lambda number: held[number][0])
    group_of: dict[str, dict[int, int]] = {trace: {} for trace in sorted(found)}
    for group, number in enumerate(order):
        for trace, block in rings[number]:
            group_of[trace][block] = group
    return LockstepGroups([held[number] for number in order], group_of)


def _touches_inside(found: Mapping[str, Blocks]) -> dict[_Block, dict[str, int]]:
    inside: dict[_Block, dict[str, int]] = {}
    for trace, blocks in sorted(found.items()):
        for block, account, touches in blocks.members.select("block", "account_id", "inside").iter_rows():
            inside.setdefault((trace, block), {})[account] = touches
    return inside


def _joined(inside: Mapping[_Block, Mapping[str, int]]) -> list[list[_Block]]:
    """The blocks that belong together, directly or through others; rings in order of their smallest account."""
    ring_of: dict[_Block, set[_Block]] = {block: {block} for block in inside}
    blocks = sorted(inside)
    for place, one in enumerate(blocks):
        for other in blocks[place + 1 :]:
            common = len(inside[one].keys() & inside[other].keys())
            if common >= ALIKE * min(len(inside[one]), len(inside[other])):
                merged = ring_of[one] | ring_of[other]
                for block in merged:
                    ring_of[block] = merged
    rings = {tuple(sorted(ring)) for ring in ring_of.values()}
    return [list(ring) for ring in sorted(rings, key=lambda ring: (min(min(inside[block]) for block in ring), ring))]
