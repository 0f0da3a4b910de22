"""Eligibility: the criteria of the public record (NCT06652022) as rules (crf_spec 2.12).

The chapter holds the age from the month of birth (2.3), the lymph node subregions (Appendix A;
AJCC/UICC 8), the organ units of oligometastatic disease (2.8), the evidence, each inclusion and
exclusion criterion, and the two gates with the investigator's confirmation.
"""
