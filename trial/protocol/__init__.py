"""The trial's protocol as Python: eligibility, doses, response, endpoints, randomization, schedule.

Pure functions of plain values. Nothing here knows Django or the database, reads a clock or draws a
random number: each function is handed the facts, the day (`on`), the parameters and, where it needs
one, the secret key. Each chapter is a folder, and each rule module is a page of the paper, label
or section of crf_spec that its docstring cites.
"""
