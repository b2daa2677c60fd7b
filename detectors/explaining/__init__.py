"""Why a cluster stands and what would change it: every figure asked again from the facts, none approximated from the answer."""
