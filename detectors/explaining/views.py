"""A trace seen through a window as the scan saw it, and the same with acts of the members taken away."""

import numpy as np

from detectors.scan.usual import Usual
from detectors.significance import I64


class UsualWithout(Usual):
    """`usual` asked of groups that did not act on some objects; what is usual for everybody stays as it was.

    The acts taken away are nobody's: they count neither for the group nor as company in it.
    """

    def __init__(self, usual: Usual, objects: I64) -> None:
        _ = usual.pooled, usual.by_block, usual.by_tongue, usual.by_octave  # worked out once, and shared from here
        self.__dict__.update(usual.__dict__)
        self._gone = np.isin(usual.acts.object, objects)

    def acts_of(self, members: I64) -> I64:
        """The acts (indices) of these accounts that are left, ascending."""
        mine = super().acts_of(members)
        return mine[~self._gone[mine]]
