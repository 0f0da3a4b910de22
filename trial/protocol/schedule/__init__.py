"""The schedule of events (crf_spec 3): the table of visits, a subject's plan, the state of a visit.

Also the status of a subject (crf_spec 2.3).
"""
