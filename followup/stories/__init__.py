"""The patient stories of crf_spec 8, told through the same actions that pages and API call.

A module is a story. Its chapters are told in order, each on the story's own dates. Usual values
fill what a complete form needs and the story leaves open (usual.py). All subjects, values and dates
are invented.
"""
