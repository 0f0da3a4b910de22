"""Signals for other apps, which `trial` does not know: a row was stored, reviewed, or decided.

`stored` is sent inside the transaction that stores a record, a visit or a subject, with `row`
and `by`; `reviewed` inside the one that signs a visit, or that opens or moves a query, with the
visit as `row`, and `by`; `decided` inside the one that stores a parameter's decision, with
`decision` and `by`. A receiver may refuse.
"""

from django.dispatch import Signal

stored = Signal()
reviewed = Signal()
decided = Signal()
