"""Regimens of systemic therapy, each by itself (crf_spec 2.14)."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.models import Regimen, RegimenAgent
from trial.actions.checking.check import Finding, Level, check


@check("SYSREG-AGENTS", level=Level.HARD_COMPLETE, reads=[Regimen])
def agents_named_twice(casebook: Casebook) -> Iterator[Finding]:
    """Find the regimen that names an unlisted agent twice, whatever its capitals."""
    for regimen in casebook.records(Regimen):
        written = [row.name.strip() for row in regimen.rows(RegimenAgent)]
        times = Counter(name.casefold() for name in written if name)
        for name in written:
            if times.pop(name.casefold(), 1) > 1:
                sentence = _("“{name}” is entered twice. Withdraw one of the two rows.")
                yield Finding(regimen, sentence.format(name=name))
