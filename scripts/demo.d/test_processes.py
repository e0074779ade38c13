"""Tests that nothing the demo starts outlives it."""

import os
import tempfile
import unittest

from processes import DemoError, Processes, children_of, wait_for


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Lifetime(unittest.TestCase):
    # Ignores the polite signal, and has a child.
    STUBBORN = ["sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait; wait"]

    def start(self, processes: Processes) -> tuple[int, list[int]]:
        process = processes.start("stubborn", self.STUBBORN)
        return process.pid, wait_for("a child", 5, lambda: children_of(process.pid))

    def test_leaving_should_stop_all_when_a_process_ignores_it_or_the_demo_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            pids = []
            with self.assertRaises(KeyboardInterrupt), Processes(folder) as processes:
                parent, children = self.start(processes)
                pids = [parent, *children]
                original = processes.stop
                processes.stop = lambda name: original(name, seconds=0.2)
                raise KeyboardInterrupt
            wait_for("the end of all", 5, lambda: not any(alive(pid) for pid in pids))

    def test_kill_should_take_the_children_too(self):
        with tempfile.TemporaryDirectory() as folder, Processes(folder) as processes:
            parent, children = self.start(processes)
            processes.kill("stubborn")
            wait_for("the end of all", 5, lambda: not any(alive(pid) for pid in [parent, *children]))

    def test_check_alive_should_fail_with_the_log_when_a_process_ended(self):
        with tempfile.TemporaryDirectory() as folder, Processes(folder) as processes:
            process = processes.start("short", ["sh", "-c", "echo so long; exit 3"])
            process.wait()
            with self.assertRaisesRegex(DemoError, "(?s)status 3.*so long"):
                processes.check_alive()

    def test_start_should_say_what_is_missing(self):
        with tempfile.TemporaryDirectory() as folder, Processes(folder) as processes:
            with self.assertRaisesRegex(DemoError, "cannot start"):
                processes.start("nothing", [os.path.join(folder, "nothing")])


if __name__ == "__main__":
    unittest.main()
