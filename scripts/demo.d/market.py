"""The people of the demo: a client, three miners with their workers, and somebody who stakes on one of
them, on a fresh dev chain."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from aitbc import Aitbc
from chain import Chain, RpcError
from processes import DemoError, Processes, free_port, wait_for

CLASSES = ("gemm", "wgsl")
PRICE = "1 MILLI"
# Ada's probes are dearer, so that she is asked last: as the tie-breaker.
ECHO_PRICES = {"ada": "2 MILLI", "ben": "1 MILLI", "cleo": "1 MILLI"}
COMMISSION = "10%"
DELEGATION = 50 * 10**12
COLLATERAL = "200 AIT"
MINER_MONEY = "250 AIT"
CLIENT_MONEY = "1000 AIT"
DELEGATOR_MONEY = "60 AIT"
# Who of the development keyring pays for whom; Alice makes the blocks.
SPONSORS = {"client": "//Bob", "dora": "//Ferdie", "ada": "//Charlie", "ben": "//Dave", "cleo": "//Eve"}
MONEY = {"client": CLIENT_MONEY, "dora": DELEGATOR_MONEY}
FIRST_BLOCK_S = 30


class Miner(NamedTuple):
    """One miner: the account that holds its money, and the worker that runs its jobs."""

    name: str
    address: str
    account: str  # the public key as hexadecimal text
    state_dir: str
    keys: tuple[str, ...]  # wallets of the worker keys, the present one first


class Folders(NamedTuple):
    """Where the demo's files are; all below one temporary folder but the logs."""

    root: str
    logs: str

    def of(self, *parts: str) -> str:
        path = os.path.join(self.root, *parts)
        os.makedirs(path, exist_ok=True)
        return path

    def password_file(self) -> str:
        """One password for all wallets of the demo, readable by its owner only."""
        path = os.path.join(self.root, "password")
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(secrets.token_hex(16) + "\n")
        return path


class Market:
    """A running dev chain with its people."""

    def __init__(self, programs: str, processes: Processes, folders: Folders):
        self.programs = programs
        self.processes = processes
        self.folders = folders
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self.chain = Chain(f"http://127.0.0.1:{self.port}")
        self.aitbc = Aitbc(self.program("aitbc"), self.url, folders.of("wallets"), folders.of("data"), folders.password_file())
        self.client = ""
        self.delegator = ""
        self.miners: list[Miner] = []

    def program(self, *parts: str) -> str:
        path = os.path.join(self.programs, *parts)
        if not os.access(path, os.X_OK):
            raise DemoError(f"there is no program {path}; run scripts/build")
        return path

    def start_node(self) -> None:
        """Starts the dev chain and waits for its first block."""
        self.processes.start(
            "node",
            [
                self.program("aitbc-node"),
                "--dev",
                *("--base-path", self.folders.of("node")),
                *("--rpc-port", str(self.port)),
                *("--listen-addr", f"/ip4/127.0.0.1/tcp/{free_port()}"),
                # Every state stays readable, so that the proof can name its blocks.
                *("--state-pruning", "archive", "--blocks-pruning", "archive"),
                "--no-prometheus",
            ],
        )
        wait_for("the first block", FIRST_BLOCK_S, self._has_block)

    def _has_block(self) -> bool:
        self.processes.check_alive()
        try:
            return self.chain.best_number() > 0
        except RpcError:
            return False

    def settle_people(self) -> None:
        """Makes the wallets, funds them from dev accounts, registers the miners with their offers."""
        with ThreadPoolExecutor(len(SPONSORS)) as pool:
            try:
                people = dict(zip(SPONSORS, pool.map(self._settle, SPONSORS)))
            except BaseException:
                # The others' threads are waited for: they must not go on.
                self.aitbc.closed = True
                raise
        self.client = people.pop("client").account
        self.delegator = people.pop("dora").account
        self.miners = list(people.values())
        self._delegate(self.miners[0])

    def _delegate(self, miner: Miner) -> None:
        """Lets dora stake on a miner, who announces a commission: a raise holds after the unbonding time only."""
        self.aitbc.run("miner", "commission", COMMISSION, "--from", miner.name)
        self.aitbc.run("stake", "delegate", "--from", "dora", "--miner", miner.name, "--amount", f"{DELEGATION} planck")

    def _settle(self, name: str) -> Miner:
        run = self.aitbc.run
        wallet = run("wallet", "new", name, "--phrase-out", self._phrase(name))
        run("wallet", "import", f"sponsor-{name}", "--dev", "--uri", SPONSORS[name])
        run("wallet", "send", f"sponsor-{name}", name, MONEY.get(name, MINER_MONEY))
        worker = f"{name}-worker"
        if name not in MONEY:
            run("wallet", "new", worker, "--phrase-out", self._phrase(worker))
            run("miner", "register", "--from", name, "--collateral", COLLATERAL, "--worker-key", worker)
            for job_class, price in {**dict.fromkeys(CLASSES, PRICE), "echo": ECHO_PRICES[name]}.items():
                run("miner", "offer", "--from", name, "--class", job_class, "--price", price, "--slots", "1")
        return Miner(name, wallet["address"], wallet["public_key"], self.folders.of("workers", name), (worker,))

    def _phrase(self, name: str) -> str:
        return os.path.join(self.folders.of("phrases"), name)

    def start_worker(self, miner: Miner, lying: bool = False) -> None:
        """Starts a miner's worker, or the one that lies with the same key and journal."""
        name = "lying-worker" if lying else "aitbc-offchain-worker"
        program = self.program("examples", name) if lying else self.program(name)
        log = self.processes.log_of(f"worker-{miner.name}")
        start = os.path.getsize(log) if os.path.exists(log) else 0
        self.processes.start(
            f"worker-{miner.name}",
            [
                program,
                *("--url", self.url),
                *("--miner", miner.address),
                *(part for key in miner.keys for part in ("--worker-key", os.path.join(self.folders.of("wallets"), f"{key}.json"))),
                *("--password-file", self.folders.password_file()),
                *("--state-dir", miner.state_dir),
                *("--data", self.folders.of("data")),
                # The example lies in a folder of its own, away from the program that runs the jobs.
                *("--miner-program", self.program("aitbc-miner")),
            ],
        )
        wait_for(f"{miner.name}'s worker", 30, lambda: self._is_ready(miner, start))

    def _is_ready(self, miner: Miner, start: int) -> bool:
        self.processes.check_alive()
        with open(self.processes.log_of(f"worker-{miner.name}"), "rb") as log:
            log.seek(start)
            return b" ready" in log.read()

    def stop_worker(self, miner: Miner) -> None:
        self.processes.stop(f"worker-{miner.name}")

    def kill_worker(self, miner: Miner) -> None:
        """kill -9, with the child that runs its job."""
        self.processes.kill(f"worker-{miner.name}")

    def rotate_worker(self, miner: Miner) -> Miner:
        """Gives a miner another worker key, and its worker both; the miner as it is then."""
        key = f"{miner.name}-worker-{len(miner.keys) + 1}"
        self.aitbc.run("wallet", "new", key, "--phrase-out", self._phrase(key))
        self.aitbc.run("miner", "rotate-worker", "--from", miner.name, "--worker-key", key)
        rotated = miner._replace(keys=(key, *miner.keys))
        self.miners[self.miners.index(miner)] = rotated
        self.stop_worker(miner)
        self.start_worker(rotated)
        return rotated

    def leases_of(self, job: int) -> list[dict]:
        """The job's open leases at the best block."""
        record = self.chain.get("Jobs", "Jobs", job.to_bytes(8, "little"))
        return [lease for _, lease in record["leases"]] if record else []

    def miner_of(self, lease: dict) -> Miner | None:
        """Who holds a lease, if it is one of the demo's miners."""
        return next((miner for miner in self.miners if miner.account == lease["miner"]), None)

    def name_of(self, account: str) -> str:
        """A miner's name by its public key, else a part of the key."""
        return next((miner.name for miner in self.miners if miner.account == account), account[:10])
