"""Primary tumors and lesions among each other, and what sums them up (crf_spec 2.5, 2.8, 2.9)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.derived.extent import day_of
from crf.derived.lesions import lesions_of_gate
from crf.models import DiseaseExtent, Lesion, PrimaryTumor
from crf.models.lesion import Site, is_node
from trial.actions.checking.check import Finding, Level, check
from trial.protocol.response import recist
from trial.protocol.schedule.visits import SCREENING
from trial.refusals.words import translated

from .order_of_entry import saved_last


@check("ONCDX-INDEX", level=Level.HARD_COMPLETE, reads=[PrimaryTumor])
def one_index_primary(casebook: Casebook) -> Iterator[Finding]:
    """Find that not exactly one primary is the index; the one saved last carries it."""
    tumors = casebook.records(PrimaryTumor)
    if tumors and sum(tumor.is_index == "Y" for tumor in tumors) != 1:
        carrier = saved_last(casebook, tumors)
        yield Finding(
            carrier, _("Exactly one primary tumor must be marked as the index primary."), "is_index"
        )


@check("LES-TARGETS", level=Level.HARD_COMPLETE, reads=[Lesion])
def limits_of_targets(casebook: Casebook) -> Iterator[Finding]:
    """Find more targets than RECIST allows; the one saved last carries it.

    New lesions have targets of their own, by the same rules: iRECIST follows them by size.
    """
    chosen = [lesion for lesion in casebook.records(Lesion) if lesion.role == Lesion.Role.TARGET]
    new = [lesion for lesion in chosen if lesion.first_seen == Lesion.FirstSeen.POST]
    for targets in ([lesion for lesion in chosen if lesion not in new], new):
        candidates = [
            recist.Candidate(target.code, target.organ, is_node(target), target.size_mm)
            for target in targets
        ]
        for sentence in recist.target_selection(candidates):
            yield Finding(saved_last(casebook, targets), translated(sentence), "role")


@check("XC11", level=Level.HARD_COMPLETE, reads=[DiseaseExtent, Lesion])
def liver_metastases(casebook: Casebook) -> Iterator[Finding]:
    """Find an answer about liver metastases that the lesions of its gate contradict.

    A lesion entered later asks about it, and sets nothing back (crf_spec 6).
    """
    for extent in casebook.records(DiseaseExtent):
        gate = 1 if extent.visit.code == SCREENING else 2
        definite = [
            lesion
            for lesion in lesions_of_gate(casebook, gate, on=day_of(extent))
            if lesion.certainty == Lesion.Certainty.DEFINITE and lesion.organ == Site.LIVER
        ]
        if extent.liver_metastases == "Y" and not definite:
            sentence = _(
                "No definite liver lesion is entered. "
                "Enter the lesion, or change the answer to “No”."
            )
            yield Finding(extent, sentence, "liver_metastases", sets_back=False)
        if extent.liver_metastases == "N" and definite:
            sentence = _(
                "A definite liver lesion is entered. "
                "Correct the lesion, or change the answer to “Yes”."
            )
            yield Finding(extent, sentence, "liver_metastases", definite[0], sets_back=False)
