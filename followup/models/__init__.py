from .flag import Flag, NightlyRun

__all__ = ["Flag", "NightlyRun"]
