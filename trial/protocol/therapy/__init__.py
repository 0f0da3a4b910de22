"""Systemic therapy: regimens, doses and dose intensity (crf_spec 2.14).

The chapter holds the regimen library, body surface (Mosteller 1987; Du Bois 1916), carboplatin by
Calvert (J Clin Oncol 1989;7:1748-1756), relative dose intensity (Hryniuk and Bush, J Clin Oncol
1984;2:1281-1288), the codes of dose adjustments, and the checks of doses.
"""
