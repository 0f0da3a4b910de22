"""The days of a cycle on which an agent is given, as they are written (crf_spec 2.14)."""

import re

LAST_DAY = 42
DAYS = re.compile(r"\s*[0-9]{1,2}(\s*[,;]\s*[0-9]{1,2})*\s*")


def days_of(text: str) -> tuple[int, ...]:
    """Return the days that a text names, in order; none where it cannot be read.

    >>> days_of("8, 1"), days_of("1-8"), days_of("0")
    ((1, 8), (), ())
    """
    if not DAYS.fullmatch(text):
        return ()
    days = sorted({int(number) for number in re.findall("[0-9]+", text)})
    return tuple(days) if days[0] >= 1 and days[-1] <= LAST_DAY else ()
