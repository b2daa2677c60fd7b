"""One spelling for a record, so that its hash means its content: JSON, keys sorted, no spaces, UTF-8."""

import hashlib
from collections.abc import Mapping

import orjson


def canonical_json(record: Mapping[str, object]) -> bytes:
    """The bytes of `record`; equal records give equal bytes. Raises TypeError for what JSON cannot hold exactly."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def content_hash(record: Mapping[str, object]) -> str:
    """SHA-256 over the canonical bytes, as 64 hex digits."""
    return hashlib.sha256(canonical_json(record)).hexdigest()
