"""The core: accounts that keep having company by accounts that keep having company, on objects that few act on."""

import numpy as np

from detectors.coding import Flags
from detectors.scan.acts import Company
from detectors.scan.usual import Kind
from detectors.significance import F64, I64

FEW = 15.0  # an object of more accounts counts FEW / accounts: viral objects give everyone company (DETECTORS 9, B)
LEAST = 2.0  # acts with company, so weighted, to stay; one is what any passer-by has (DETECTORS 9, B: two or three)


def core(company: Company, min_objects: int = 1, least: float = LEAST) -> Flags:
    """Flags per account: peel until everyone left has `least` acts in company of others that are left.

    Accounts with fewer than `min_objects` acts are not asked: so little can hardly be told from chance.

    The largest such set, whatever the order of peeling: the k-core of acts instead of partners, so that a rotating
    pool stays though no two of its members meet twice. Source: DETECTORS 9, detector B, after Seidman 1983.
    """
    weight = few(company.acts.crowd)
    stay = company.acts.degree >= min_objects
    while True:
        kept = stay & (company.by(stay, weight) >= least)
        if (kept == stay).all() or not kept.any():
            return kept
        stay = kept


def crowds(company: Company, kind: Kind, min_objects: int = 1) -> Flags:
    """Flags per account: peel until everyone left has LEAST acts in a crowd of those who are left (`kind` says what that is).

    Cliques and slow campaigns act on objects too popular for `core`, but the crowds there are mostly their own;
    of a viral crowd most come once, leave, and take the crowd with them.
    """
    account, others = company.acts.account, company.others
    stay = company.acts.degree >= min_objects
    while True:
        joined = kind(company.near(stay), others)
        kept = stay & (np.bincount(account[joined], minlength=stay.size) >= LEAST)
        if (kept == stay).all() or not kept.any():
            return kept
        stay = kept


def few(crowd: I64) -> F64:
    """What an act counts, by the number of accounts on its object."""
    return np.minimum(1.0, FEW / np.maximum(crowd, 1))
