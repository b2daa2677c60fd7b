"""Countries and their networks: who speaks what where, and through which providers and address blocks people come."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64


@dataclass(frozen=True, slots=True)
class Country:
    """`share` of the accounts; `langs` codes of LANGUAGES with weights; `zones` hours east of UTC with weights."""

    code: str
    share: float
    langs: tuple[tuple[str, float], ...]
    zones: tuple[tuple[float, float], ...]


# Shares follow those of the languages of ordinary worlds (words.py); an assumption, as there.
COUNTRIES = (
    Country("US", 0.30, (("en", 0.9), ("es", 0.1)), ((-5, 0.55), (-8, 0.45))),
    Country("GB", 0.14, (("en", 1.0),), ((0, 1.0),)),
    Country("DE", 0.15, (("de", 0.9), ("tr", 0.05), ("en", 0.05)), ((1, 1.0),)),
    Country("ES", 0.07, (("es", 1.0),), ((1, 1.0),)),
    Country("MX", 0.07, (("es", 1.0),), ((-6, 1.0),)),
    Country("BR", 0.12, (("pt", 1.0),), ((-3, 1.0),)),
    Country("TR", 0.08, (("tr", 1.0),), ((3, 1.0),)),
    Country("RU", 0.05, (("ru", 1.0),), ((3, 0.8), (7, 0.2))),
    Country("IS", 0.02, (("is", 1.0),), ((0, 1.0),)),
)
CODES = pl.Series("country", [one.code for one in COUNTRIES], dtype=pl.String)
SHARES = np.array([one.share for one in COUNTRIES])

# Providers of a country: numbers for private use (RFC 6996), so that none is a real provider's.
FIRST_ASN = 64_512
FIXED, MOBILE = 9, 4
CORPORATE, HOSTING, VPN = 13, 14, 15  # one provider each, after the fixed and the mobile ones
PER_COUNTRY = 16
# Sizes of providers fall as a power of their rank: assumptions; the largest holds about two fifths of a country.
_FIXED_WEIGHTS = 1 / np.arange(1, FIXED + 1) ** 1.2
_MOBILE_WEIGHTS = 1 / np.arange(1, MOBILE + 1) ** 0.8

# Public blocks, because private and reserved ones tie nobody (ingest/canonical/addresses.py); of ranges that hardly any
# household has (legacy /8 of one government). Carrier NAT is what it is in life, RFC 6598.
HOMES = 26 << 24  # 26.0.0.0/8
CARRIERS = (100 << 24) + (64 << 16)  # 100.64.0.0/10
OFFICES = 55 << 24  # 55.0.0.0/8
RENTED = 28 << 24  # 28.0.0.0/6: hosting and VPN providers
HOMES_PER_BLOCK = 24  # accounts at home in one /24: an assumption, 60 million events fit into one /8
PER_CARRIER_BLOCK = 300  # accounts behind one /24 of a carrier: an assumption


@dataclass(frozen=True, slots=True)
class Networks:
    """Blocks (/24) of the fixed and mobile providers, the same in every district: first block and number of blocks, [country, rank]."""

    fixed_first: I64
    fixed_blocks: I64
    mobile_first: I64
    mobile_blocks: I64

    def fixed(self, country: I64, draw: np.random.Generator) -> tuple[I64, I64]:
        """A provider of the country and the address of a home at it, for each entry."""
        rank = draw.choice(FIXED, country.size, p=_FIXED_WEIGHTS / _FIXED_WEIGHTS.sum())
        block = self.fixed_first[country, rank] + (draw.random(country.size) * self.fixed_blocks[country, rank]).astype(
            np.int64
        )
        return asn_of(country, rank), HOMES + block * 256 + draw.integers(1, 255, country.size)

    def carrier(self, country: I64, draw: np.random.Generator) -> I64:
        """The rank of a mobile provider of the country, for each entry."""
        return draw.choice(MOBILE, country.size, p=_MOBILE_WEIGHTS / _MOBILE_WEIGHTS.sum()).astype(np.int64)

    def mobile(self, country: I64, rank: I64, draw: np.random.Generator) -> tuple[I64, I64]:
        """An address that carrier `rank` gives out for a while: any of its blocks, shared by many."""
        block = self.mobile_first[country, rank] + (
            draw.random(country.size) * self.mobile_blocks[country, rank]
        ).astype(np.int64)
        return asn_of(country, FIXED + rank), CARRIERS + block * 256 + draw.integers(1, 255, country.size)


def asn_of(country: I64, rank: I64 | int) -> I64:
    return np.asarray(FIRST_ASN + country * PER_COUNTRY + rank, dtype=np.int64)


def networks_of(accounts: int) -> Networks:
    """The networks of a world of so many accounts; a larger world has more blocks, not fuller ones."""
    fixed = np.outer(SHARES, _FIXED_WEIGHTS / _FIXED_WEIGHTS.sum()) * accounts / HOMES_PER_BLOCK
    mobile = np.outer(SHARES, _MOBILE_WEIGHTS / _MOBILE_WEIGHTS.sum()) * accounts / PER_CARRIER_BLOCK
    fixed_blocks = np.ceil(fixed).astype(np.int64)
    mobile_blocks = np.maximum(2, np.ceil(mobile)).astype(np.int64)
    return Networks(_first(fixed_blocks), fixed_blocks, _first(mobile_blocks), mobile_blocks)


def _first(blocks: I64) -> I64:
    return (np.cumsum(blocks.ravel()) - blocks.ravel()).reshape(blocks.shape)


def drawn(pairs: tuple[tuple[float, float], ...], count: int, draw: np.random.Generator) -> F64:
    """`count` of the first numbers of `pairs`, by the weights in the second."""
    values, weights = np.array(pairs).T
    return draw.choice(values, count, p=weights / weights.sum())


def dotted(name: str) -> pl.Expr:
    """The IPv4 address of a column of numbers, in text; null stays null."""
    octets = [pl.col(name) // (1 << 24), pl.col(name) // (1 << 16) % 256, pl.col(name) // 256 % 256, pl.col(name) % 256]
    return pl.format("{}.{}.{}.{}", *octets)
