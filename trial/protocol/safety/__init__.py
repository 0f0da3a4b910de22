"""Safety: toxicity of grade 3 or more, and the clock of serious adverse events.

Toxicity is graded by CTCAE 5.0 (crf_spec 2.17 and 5); the clock is that of crf_spec 2.18.
"""
