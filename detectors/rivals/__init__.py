"""Published methods, implemented plainly and with their authors' parameters, to be compared with ours."""

from collections.abc import Mapping
from types import MappingProxyType

from detectors.rivals.coortweet_style import CooRTweetStyle
from detectors.rivals.fraudar_rival import Fraudar
from detectors.rivals.luceri import Luceri
from detectors.rivals.nizzoli import Nizzoli
from detectors.rivals.pacheco import Pacheco
from detectors.rivals.results import RIVAL_SCHEMA, Rival

RIVALS: Mapping[str, Rival] = MappingProxyType(
    {
        "Pacheco 2021": Pacheco(),
        "Luceri 2024": Luceri(),
        "CooRTweet": CooRTweetStyle(),
        "Nizzoli 2021": Nizzoli(),
        "FRAUDAR 2016": Fraudar(),
    }
)

__all__ = ["RIVALS", "RIVAL_SCHEMA", "CooRTweetStyle", "Fraudar", "Luceri", "Nizzoli", "Pacheco", "Rival"]
