"""Randomization (crf_spec 2.13): preconditions, permuted blocks, minimization, and verification.

Every allocation is derived from a secret key by HMAC-SHA256 (RFC 2104), so that nobody can foresee
it and anybody can check it once the key is revealed. Minimization follows Pocock and Simon,
Biometrics 1975;31:103-115.
"""
