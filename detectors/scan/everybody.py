"""How surprising the company of each single account is, by anybody: orders the accounts that are in no cluster."""

import numpy as np

from detectors.scan.usual import LADDER, TILTS, Usual, count_of
from detectors.significance import F64


def surprise_of_company(usual: Usual) -> F64:
    """Per account -log10 of a bound on having so much company by anybody, against the lent acts of all accounts.

    The same bound as for groups with everybody as the group; it flags nobody, because keeping company with just
    anybody is what popular objects do to everyone.
    """
    acts = usual.acts
    met = (usual.company.others > 0).astype(np.float64)
    total = max(float(usual.lent.sum()), 1.0)
    crowds = usual.crowds
    mass = np.bincount(usual.crowd, weights=usual.lent * met, minlength=crowds) / total
    best = np.zeros(acts.accounts)
    for few in LADDER:
        scale = np.minimum(1.0, few / np.maximum(count_of(np.arange(crowds)), 1.0))
        got = np.bincount(acts.account, weights=scale[usual.crowd] * met, minlength=acts.accounts)
        log_mgf = np.log1p(mass @ np.expm1(TILTS[None, :] * scale[:, None]))
        for tilt, one in zip(TILTS, log_mgf, strict=True):
            np.maximum(best, tilt * got - acts.degree * one, out=best)
    return np.asarray(np.maximum(best / np.log(10) - np.log10(len(LADDER)), 0.0), dtype=np.float64)
