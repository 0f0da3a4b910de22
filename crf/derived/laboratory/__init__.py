"""Laboratory results: clearances, grades of toxicity, tests that are due."""
