"""Accounts: passwords, second factors, lockout, and the proof of who signs."""
