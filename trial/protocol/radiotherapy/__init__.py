"""Radiotherapy: biological dose, coverage, treatment time and their checks (crf_spec 2.15).

The chapter holds the linear-quadratic model (Fowler, Br J Radiol 1989;62:679-694), the rule that
every lesion is covered, treatment time and gaps in working days, and the doubts about prescriptions
and logs of fractions.
"""
