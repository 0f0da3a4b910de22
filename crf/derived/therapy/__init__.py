"""Doses, cycles and regimens of systemic therapy."""
