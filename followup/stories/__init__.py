"""The patient stories of crf_spec 8, told through the actions that pages and API call, too.

A module is a story. Its chapters are told in order, each at the dates of the story; what the story leaves open and a
complete form needs is invented (usual.py). Subjects, values and dates are invented, all of them.
"""
