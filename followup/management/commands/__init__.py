"""Commands of the demo and of the night."""
