"""The checks of a casebook, judged with each save, and the queries that they raise."""

from .check import obstacles
from .holding import Held, held_now, holding
from .settling import settle, settle_subject

__all__ = ["Held", "held_now", "holding", "obstacles", "settle", "settle_subject"]
