"""The grammar of typed values (crf_spec 0.3): numbers, dates, characters of a text."""
