"""What a stored record sets in motion elsewhere, without `trial` knowing who listens.

`stored` is sent inside the transaction that stores a record, a visit or a subject, with `row` and `by`; `decided` inside the
one that stores a parameter's decision, with `decision` and `by`. Who listens may refuse.
"""

from django.dispatch import Signal

stored = Signal()
decided = Signal()
