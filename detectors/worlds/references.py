"""References: the shapes of real collections, as figures. No row, id or text of them is here; docs/generator.md names their sources.

Measured with `shape.shape_of`; tests/detectors/worlds/test_real_shapes.py measures them again where the data is at hand.
A measure is left out where a collection cannot tell it: VoterFraud has days only, and the objects of gop2015 are texts of
hand-made retweets, most of them unlike any other. Hours of gop2015 are those of one programme on one evening.
"""

from collections.abc import Mapping
from types import MappingProxyType

from detectors.worlds.shape import Shape

REFERENCES: Mapping[str, Shape] = MappingProxyType(
    {
        "mix_gop2015 (organic)": Shape(
            {
                "posts_per_account": (0.8199, 0.9264, 0.9623, 0.9759, 0.9836, 0.9915, 0.9948, 0.9987, 0.9999, 1.0),
                "gap_seconds": (0.0602, 0.2803, 0.592, 0.8682, 0.9627, 0.9913, 1.0, 1.0),
            },
            (),
            {"posts_per_account": 9_828, "gap_seconds": 3_436},
        ),
        "mix_demonetisation2016 (organic)": Shape(
            {
                "posts_per_account": (0.8071, 0.9325, 0.9692, 0.9843, 0.9911, 0.9951, 0.9968, 1.0, 1.0, 1.0),
                "sharers_per_object": (0.4711, 0.6098, 0.6945, 0.7625, 0.8691, 0.9551, 0.9884, 0.9974, 1.0, 1.0),
                "gap_seconds": (0.2134, 0.2134, 0.3988, 0.7322, 0.8874, 0.9693, 0.9985, 1.0),
            },
            (0.0095, 0.0116, 0.0134, 0.0219, 0.0244, 0.0276, 0.0744, 0.0534, 0.0531, 0.0603, 0.0373, 0.079,
             0.0775, 0.0799, 0.0766, 0.0741, 0.0776, 0.0686, 0.0453, 0.012, 0.0088, 0.0056, 0.005, 0.0031),
            {"posts_per_account": 5_937, "sharers_per_object": 779, "gap_seconds": 5_444, "hours": 7_999},
        ),
        "mix_injected2016 (background)": Shape(
            {
                "posts_per_account": (0.6925, 0.8317, 0.8878, 0.9177, 0.9386, 0.9566, 0.9723, 0.9903, 0.9986, 0.9992),
                "sharers_per_object": (0.2694, 0.6691, 0.7955, 0.8983, 0.9636, 0.9946, 0.9995, 0.9998, 1.0, 1.0),
                "gap_seconds": (0.04, 0.0568, 0.1309, 0.2523, 0.4264, 0.6898, 0.8522, 0.9785),
            },
            (0.0075, 0.0066, 0.0146, 0.0261, 0.0378, 0.0509, 0.0556, 0.0574, 0.0674, 0.0698, 0.066, 0.0658,
             0.0671, 0.0568, 0.0542, 0.0517, 0.045, 0.0462, 0.046, 0.0342, 0.0271, 0.0191, 0.0148, 0.0123),
            {"posts_per_account": 9_055, "sharers_per_object": 5_887, "gap_seconds": 15_040, "hours": 20_927},
        ),
        "coortweet_russian": Shape(
            {
                "posts_per_account": (0.5355, 0.697, 0.7748, 0.8232, 0.8554, 0.8932, 0.9269, 0.9723, 0.996, 0.9992),
                "sharers_per_object": (0.6925, 0.7894, 0.8339, 0.8817, 0.9285, 0.9719, 0.9938, 0.9992, 0.9999, 1.0),
                "gap_seconds": (0.0047, 0.0383, 0.1655, 0.5642, 0.8295, 0.9482, 0.9833, 0.996),
            },
            (0.0146, 0.0106, 0.0116, 0.0173, 0.0214, 0.0275, 0.0343, 0.0375, 0.048, 0.0537, 0.0593, 0.0623,
             0.0563, 0.0565, 0.0517, 0.0544, 0.066, 0.0598, 0.0602, 0.0645, 0.0461, 0.0373, 0.0314, 0.0178),
            {"posts_per_account": 9_509, "sharers_per_object": 7_285, "gap_seconds": 27_840, "hours": 35_125},
        ),
        "voterfraud2020": Shape(
            {
                "posts_per_account": (0.6475, 0.8152, 0.8869, 0.9249, 0.9479, 0.9722, 0.9878, 0.9987, 1.0, 1.0),
                "sharers_per_object": (0.5768, 0.7243, 0.7904, 0.8521, 0.9089, 0.954, 0.9803, 0.9921, 0.9967, 0.9989),
            },
            (),
            {"posts_per_account": 118_915, "sharers_per_object": 12_664},
        ),
    }
)  # fmt: skip

# The naive rule on the mixes, with this project's traces (docs/evidence/first_form.md): precision, recall.
NAIVE_ON_MIXES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"gop2015": (0.61, 0.13), "demonetisation2016": (0.34, 0.18), "injected2016": (0.29, 0.53)}
)
