"""Risk fitted to labels: features of clusters, a logistic model with isotonic regression, and how far to believe it."""
