"""What a stored record sets in motion elsewhere, without `trial` knowing who listens.

`stored` is sent inside the transaction that stores a record, a visit or a subject, with `row` and `by`.
"""

from django.dispatch import Signal

stored = Signal()
