from tests.jobs import broker  # noqa: F401  (pytest finds fixtures by their names here)
