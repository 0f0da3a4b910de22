"""The endpoints of the trial (crf_spec 5), and a subject's whole course that they are part of.

Survival, progression-free survival by both sets of censoring rules (FDA 2007, EMA 2012), response
endpoints, local control, the pattern of failure, and what stays unknown for want of records.
"""
