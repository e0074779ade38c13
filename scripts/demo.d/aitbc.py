"""The program `aitbc`, driven with --json."""

import json
import subprocess

from processes import DemoError

TIMEOUT_S = 120


class Aitbc:
    """One installation of the program: where the node, the wallets and the data are."""

    def __init__(self, program: str, url: str, wallets: str, data: str, password_file: str):
        self.closed = False
        self.command = [program, "--json", "--yes", "--url", url, "--wallet-dir", wallets, "--data", data, "--password-file", password_file]

    def run(self, *arguments: str) -> dict:
        """Runs one command and returns its answer; DemoError with what it said if it fails."""
        code, answer, said = self.attempt(*arguments)
        if code != 0:
            raise DemoError(f"aitbc {' '.join(arguments)} failed (status {code}): {said}")
        return answer

    def attempt(self, *arguments: str) -> tuple[int, dict, str]:
        """Runs one command; exit status, answer, and what it said on standard error."""
        if self.closed:
            raise DemoError("the demo is being stopped")
        try:
            done = subprocess.run(
                [*self.command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DemoError(f"aitbc {' '.join(arguments)} took more than {TIMEOUT_S} s") from error
        except OSError as error:
            raise DemoError(f"cannot start {self.command[0]}: {error}") from error
        try:
            answer = json.loads(done.stdout) if done.stdout.strip() else {}
        except ValueError as error:
            raise DemoError(f"aitbc {' '.join(arguments)} did not answer in JSON: {done.stdout[:300]}") from error
        return done.returncode, answer, done.stderr.strip() or done.stdout.strip()
