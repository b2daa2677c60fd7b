"""The definitions of other tools, each reproduced pair for pair, so that their results can be compared with ours."""
