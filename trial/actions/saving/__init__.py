"""The steps of a save: lock, judge what was sent as the whole that it will be, store."""
