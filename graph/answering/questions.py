"""The questions that a graph store must be able to put to its data, by name; each store words them in its own language."""

from enum import StrEnum, auto


class Question(StrEnum):
    """One query. Every row it gives back has the named columns; every answer is sorted and the same on every store."""

    ACCOUNTS_BY_ID = auto()  # ids -> accounts, by key
    ACCOUNTS_BY_KEY = auto()  # keys -> accounts, by key
    OBJECT = auto()  # trace, object_id -> the object or nothing
    # At most `looked_at` matches of each kind, in their own order; of these the exact ones first, then the busiest.
    FIND_ACCOUNTS = auto()  # start (of the id), handle (start of the folded one), looked_at, limit -> accounts, total
    FIND_OBJECTS = auto()  # starts, looked_at, limit -> objects whose id starts so, total
    # Names with all `words`, without those that start so: one row at least, with `hits` (at most `most` + 1, those included) and
    # `total` of the kept; the other columns are null where nothing is kept, as they are where hits > most.
    WORDED_ACCOUNTS = auto()  # words, start, handle, most, limit -> accounts by actions, hits, total
    WORDED_OBJECTS = auto()  # words, starts, most, limit -> objects by accounts, hits, total
    # every_kind says that `kinds` leaves none out.
    RING = auto()  # frontier, kinds, every_kind, known, limit -> other, strength, total
    RING_SIZE = auto()  # frontier, kinds, every_kind, known -> total of a RING of which nothing is shown
    AMONG = auto()  # every, most_ties (to be read of one account), kinds, every_kind, limit -> interactions, total
    BETWEEN_TWO = auto()  # left, right -> interactions
    SHARED = auto()  # few, many, limit -> objects with both spans, total
    TOP = auto()  # accounts, limit -> objects, inside, total
    ACTORS = auto()  # object, limit -> account, n, first_at, last_at
    CO_ACTORS = auto()  # account, popular, limit -> account, shared, total
    POPULAR_OF = auto()  # account, popular -> number of objects
    # Paths: left, right, popular, interactions, objects (whether ways go over them) -> one row; NEAR is what lies next to an end.
    PATH_ENDS = auto()  # -> ties, touches: what NEAR reads; passed_by: objects of the ends that are too popular
    PATH_NEAR = auto()  # -> direct (1 or 0), middle (the smallest account next to both)
    PATH_COST = auto()  # -> ties_left, ties_right, touches of all NEAR: what THREE reads
    PATH_THREE = auto()  # , from_left -> first, second (the smallest), touches: what FOUR reads; passed_by of all NEAR
    PATH_FOUR = auto()  # -> first, second, third (the smallest), or no row
