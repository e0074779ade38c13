"""Processes that the demo starts, each in a group of its own, none of which outlives it."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


class Stopped(BaseException):
    """Somebody sent a signal."""


def stop_on_signals() -> None:
    """Signals leave through the same door as errors do, so that everything is stopped."""

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number, _frame):
        # One is enough: a second must not interrupt the stopping.
        for other in signals:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for number in signals:
        signal.signal(number, stop)


def free_port() -> int:
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: str, seconds: float, ready: Callable[[], object], pause: float = 0.1):
    """Asks until the answer is true, and returns it; DemoError when the time is over."""
    end = time.monotonic() + seconds
    while True:
        answer = ready()
        if answer:
            return answer
        if time.monotonic() > end:
            raise DemoError(f"waited {seconds:.0f} s for {what}")
        time.sleep(pause)


class Processes:
    """All that was started, by name. Use as a context: leaving it stops everything."""

    def __init__(self, log_folder: str):
        self.log_folder = log_folder
        self.running: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_) -> None:
        self.stop_all()

    def log_of(self, name: str) -> str:
        return os.path.join(self.log_folder, f"{name}.log")

    def start(self, name: str, command: list[str], **environment: str) -> subprocess.Popen:
        """Starts a program in its own process group; its output is appended to a log."""
        with open(self.log_of(name), "ab") as log:
            log.write(f"$ {' '.join(command)}\n".encode())
            log.flush()
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env={**os.environ, **environment},
                )
            except OSError as error:
                raise DemoError(f"cannot start {command[0]}: {error}") from error
        self.running[name] = process
        return process

    def check_alive(self) -> None:
        """DemoError if something ended that should run."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise DemoError(f"{name} ended by itself (status {process.returncode}):\n{self.tail(name)}")

    def tail(self, name: str, lines: int = 15) -> str:
        """The end of a process' log."""
        try:
            with open(self.log_of(name), encoding="utf-8", errors="replace") as log:
                return "".join("    " + line for line in log.readlines()[-lines:])
        except OSError:
            return ""

    def kill(self, name: str) -> None:
        """kill -9 for the process and everything below it, without a chance to tidy up."""
        process = self.running.pop(name)
        below = descendants_of(process.pid)
        self._signal(process, signal.SIGKILL)
        for pid in below:
            # It may have ended with its parent.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str, seconds: float = 15) -> None:
        """Asks a process to end; kills it if it does not."""
        process = self.running.pop(name)
        below = descendants_of(process.pid)
        self._signal(process, signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        # Whatever it left behind goes too.
        self._signal(process, signal.SIGKILL)
        for pid in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """Stops everything, the last started first, whatever happens."""
        for name in reversed(list(self.running)):
            self.stop(name)

    @staticmethod
    def _signal(process: subprocess.Popen, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def children_of(pid: int) -> list[int]:
    """Direct children of a process."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            # Processes end while they are looked at.
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{entry}/stat", encoding="utf-8") as stat:
                    if int(stat.read().rpartition(")")[2].split()[1]) == pid:
                        found.append(int(entry))
    return found


def descendants_of(pid: int) -> list[int]:
    """Children of a process, their children, and so on."""
    children = children_of(pid)
    return children + [below for child in children for below in descendants_of(child)]
