from tests.stories.conftest import demo_database, demo_settings, demo_trial  # noqa: F401  (fixtures, found by their names)
