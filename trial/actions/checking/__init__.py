"""The checks of a casebook, judged with each save, and the queries that they raise."""

from .check import obstacles
from .holding import AutomaticQueries, hold_now, holding
from .settling import settle, settle_subject

__all__ = ["AutomaticQueries", "hold_now", "holding", "obstacles", "settle", "settle_subject"]
