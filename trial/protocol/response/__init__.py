"""Tumor response: lesions at a time point, what can be measured, RECIST 1.1 and iRECIST.

From crf_spec 2.8 and 2.16 and from the papers: RECIST 1.1 (Eisenhauer et al., Eur J Cancer
2009;45:228-247), its clarification (Schwartz et al., Eur J Cancer 2016;62:132-137) and iRECIST
(Seymour et al., Lancet Oncol 2017;18:e143-e152). Also the best overall response, and the second
baseline at randomization.
"""
