"""Laboratory: results, their units, limits, reference ranges and grades (crf_spec 2.2 and 2.10).

The chapter holds the table of tests, conversion to standard units, reference ranges, creatinine
clearance (Cockcroft and Gault, Nephron 1976;16:31-41), the grades of CTCAE 5.0 and 6.0, and the
checks for values that contradict one another.
"""
