"""The lists of tests/sharing.py name what is there; the limit of tests/duration.py fails who takes longer."""

from pathlib import Path

import pytest
from tests import duration, sharing

HOUSE = Path(__file__).parent.parent


@pytest.mark.parametrize("name", [*sharing.LONGEST, *sharing.TOGETHER])
def test_names_something_that_is_there(name):
    assert (HOUSE / name).is_dir() or (HOUSE / f"{name}.py").is_file()


@pytest.mark.parametrize(("file", "took_s"), [("test_a.py", 10.0), ("bench_a.py", 99.0), ("drill_a.py", 99.0)])
def test_up_to_ten_seconds_of_processor_time_pass_and_benchmarks_and_drills_take_longer(file, took_s):
    assert duration.refuse_long(file, took_s) is None, "it fails the test otherwise"


def test_more_than_ten_seconds_fail():
    with pytest.raises(pytest.fail.Exception, match=r"It took 10\.1 s of processor time, more than 10 s"):
        duration.refuse_long("test_a.py", 10.1)
