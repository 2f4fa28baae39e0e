"""However many cores a host has, and whatever its environment says, sums are computed by one thread."""

import json
import subprocess
import sys

import pytest

LOADED_BEFORE = "import numpy, scipy.linalg"
PROGRAM = """
{before}
import json
from qm.numerics import sum_with_one_thread
sum_with_one_thread()
import scipy.linalg
from threadpoolctl import threadpool_info
print(json.dumps([pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]))
"""


@pytest.mark.parametrize("before", ["", "import numpy", LOADED_BEFORE])
def test_one_thread_for_what_is_loaded_before_and_after(before):
    command = [sys.executable, "-c", PROGRAM.format(before=before)]
    said = subprocess.run(command, env={"OPENBLAS_NUM_THREADS": "2"}, capture_output=True, text=True, check=True)
    threads = json.loads(said.stdout)
    assert threads
    assert set(threads) == {1}
