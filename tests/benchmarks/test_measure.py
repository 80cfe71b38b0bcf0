"""Times and processor times of calls, and of other processes."""

import os
import subprocess
import sys
import time

from benchmarks.measure import Cost, Stopwatch, median_cost, peak_rss_bytes, processor_s


def a_cost(wall_us, client_us=0.0, backend_us=0.0):
    return Cost(wall_us=wall_us, client_us=client_us, backend_us=backend_us)


def test_median_is_taken_of_each_figure_on_its_own():
    """One call that waited for the disk must not bring its processor time along."""
    costs = [a_cost(1, 9), a_cost(5, 1), a_cost(900, 2)]

    assert median_cost(costs) == a_cost(5, 2)


def test_added_cost_is_the_difference_of_each_figure():
    """What a recorder adds is what is left when plain Django's part is taken off."""
    assert a_cost(30, 20, 10).minus(a_cost(10, 5, 1)) == a_cost(20, 15, 9)


def test_stopwatch_tells_waiting_from_work():
    """A call that sleeps takes time and no processor."""
    cost = Stopwatch(os.getpid()).cost_of(lambda: time.sleep(0.05))

    assert cost.wall_us >= 50_000
    assert cost.client_us < 25_000


def test_another_process_is_measured_from_outside():
    """The server's and the relay's share are read off their processes."""
    work = "x = bytearray(60_000_000); sum(range(3_000_000)); print('done', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()

        assert processor_s(process.pid) > 0.01
        assert peak_rss_bytes(process.pid) > 60_000_000
        process.communicate(b"\n")
