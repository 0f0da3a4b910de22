"""The progression check after cycle 2, PC2 (crf_spec 4): its facts, states, window and verdict.

The check answers criterion X07: no tumor progression after two cycles of systemic therapy.
"""
