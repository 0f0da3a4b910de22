"""The checks of a casebook, judged with each save, and the queries that they raise."""

from .check import obstacles
from .settling import hold, settle, settle_subject

__all__ = ["hold", "obstacles", "settle", "settle_subject"]
