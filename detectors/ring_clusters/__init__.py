"""Rings of accounts in other hands as clusters of a run: kind "compromised", with their members, ties, signs and guards."""

from detectors.ring_clusters.both_kinds import accounts_of_both, victims_of
from detectors.ring_clusters.found import RingClusters, find_ring_clusters
from detectors.ring_clusters.merge import with_ring_clusters

__all__ = ["RingClusters", "accounts_of_both", "find_ring_clusters", "victims_of", "with_ring_clusters"]
