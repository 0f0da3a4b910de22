"""What the protocol makes of a casebook: plain functions of it, computed anew each time, never
stored.

Each chapter registers the functions of the derived values that forms name (trial/fields.py,
Derived); the others gather what eligibility, the check after cycle 2, strata, schedule and course
are judged by.
"""
