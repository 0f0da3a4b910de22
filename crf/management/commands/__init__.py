"""Commands about allocations."""
