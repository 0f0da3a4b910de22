"""Tumor assessments: their one order, their responses, and progression to be confirmed."""
