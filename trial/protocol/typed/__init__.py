"""What people type, and what it means (crf_spec 0.3): numbers, dates, characters of a text."""
