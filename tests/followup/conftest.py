from tests.jobs import broker, worker  # noqa: F401  (pytest finds fixtures by their names here)
