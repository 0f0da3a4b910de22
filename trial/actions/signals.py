"""Signals for other apps, which `trial` does not know: a row was stored, reviewed, or decided.

`stored` is sent inside the transaction that stores a record, a visit or a subject, with `row`
and `by`; `reviewed` inside the one that signs a visit, opens or moves a query, or sets a form of
the visit back to a draft, with the visit as `row`, and `by`; `decided` inside the one that stores a
parameter's decision, with `decision` and `by`. A receiver may refuse.
"""

from django.dispatch import Signal

stored = Signal()
reviewed = Signal()
decided = Signal()
