"""The jobs, and what must have become of each."""

import contextlib
import os
import random
from collections.abc import Iterator
from typing import NamedTuple

from chain import Chain
from ledger import Proof, prove, purses_of, snapshot
from market import DELEGATION, Market, Miner
from processes import descendants_of, wait_for
from report import JobReport

MAX_PRICE = "2 MILLI"
# Units that the shader's run is bought for: a constant price, since a picture's work is known.
EDGE_UNITS = "500"
JOB_S = 120
FINALITY_S = 60
# Blocks a miner has for the job whose miner is killed: it is waited for in full, and the next one must get
# through on a machine that has other things to do.
KILLED_DELIVER_BLOCKS = 12
# More memory than any device of the demo claims to have.
ABSURD_MEMORY_MIB = "1000000"


class JobFacts(NamedTuple):
    """Everything the chain's events say of one job."""

    job: int
    job_class: str
    posted_block: int
    ended_block: int
    ended: dict  # JobEnded
    leases: list[dict]  # LeaseStarted
    fates: list[dict]  # LeaseEnded
    tie_breakers: list[dict]  # TieBreakerCalled
    payments: list[dict]  # Paid
    slashes: list[tuple[int, dict]]  # (block, Slashed), of all jobs

    @property
    def state(self) -> tuple:
        """How it ended: the state's name, and what belongs to it."""
        return self.ended["state"]

    def paid(self) -> list[str]:
        """Public keys of the miners that were paid."""
        return [payment["miner"] for payment in self.payments]

    def fate_of(self, account: str) -> list[str]:
        """How the miner's leases of this job ended."""
        return [fate["fate"][0] for fate in self.fates if fate["miner"] == account]

    def slashed(self, account: str) -> int:
        """What the miner lost in a block in which a lease of this job ended, planck."""
        return sum(event["amount"] for block, event in self.slashes if event["miner"] == account and self.posted_block <= block <= self.ended_block)


class EventLog:
    """Events of every block so far, read once."""

    def __init__(self, chain: Chain):
        self.chain = chain
        self.blocks: list[list] = [[]]  # nothing happens in block zero

    def catch_up(self) -> None:
        while len(self.blocks) <= self.chain.best_number():
            self.blocks.append(self.chain.events(len(self.blocks)))

    def find(self, pallet: str, name: str) -> list[tuple[int, dict]]:
        """(block, fields) of all events of a kind."""
        return [(number, fields) for number, events in enumerate(self.blocks) for of, event, fields in events if (of, event) == (pallet, name)]

    def between(self, after: int, until: int) -> list:
        """Events of the blocks after `after`, up to and with `until`."""
        return [event for events in self.blocks[after + 1 : until + 1] for event in events]


class Story:
    """Runs the jobs one after the other and keeps what was checked."""

    def __init__(self, market: Market, log: EventLog, examples: str, keep: str):
        self.market = market
        self.log = log
        self.examples = examples
        self.keep = keep
        self.jobs: list[JobReport] = []
        self.checks: list[tuple[str, bool]] = []

    def check(self, what: str, held: bool) -> None:
        """Notes and shows one thing that must hold."""
        self.checks.append((what, bool(held)))
        print(f"    {'ok    ' if held else 'FAILED'} {what}", flush=True)

    def name(self, account: str) -> str:
        return self.market.name_of(account)

    # ---- the jobs ----

    def edges(self) -> None:
        """A picture through an integer shader, on two miners that must agree."""
        print("\n(1) edges of a picture: two miners, both must agree", flush=True)
        shader = os.path.join(self.examples, "edge.wgsl")
        program = self.market.aitbc.run("program", "add", shader, "--from", "client")["cid"]
        facts = self.run_job(
            "wgsl",
            *("--program", program, "--image", os.path.join(self.examples, "scene.png")),
            *("--units-limit", EDGE_UNITS, "--replicas", "2", "--quorum", "2"),
        )
        self.report("edges of a picture", facts, "paid")
        self.check("the job is settled", facts.state[0] == "Settled")
        self.check("two miners were paid", len(set(facts.paid())) == 2)
        picture = os.path.join(self.keep, "edges.png")
        self.market.aitbc.run("job", "fetch", str(facts.job), "--out", picture, "--png", "1280x960")
        with open(picture, "rb") as file:
            self.check(f"the result is a picture: {picture}", file.read(8) == b"\x89PNG\r\n\x1a\n")

    def product(self) -> None:
        """A matrix product whose result the client checks itself."""
        print("\n(2) int8 matrix product 1024 x 1024 x 1024: one miner, checked by the client", flush=True)
        facts, right = self.gemm(1024)
        self.report("matrix product 1024", facts, "paid")
        self.check("the job is settled and one miner paid", facts.state[0] == "Settled" and len(facts.paid()) == 1)
        self.check("the product is right (Freivalds)", right)
        self.check("its receipt is signed by the paid miner's worker, checked offline", self.receipt_is_valid(facts))

    def liar(self) -> None:
        """Three miners of which one turns a bit of its result."""
        liar = self.market.miners[-1]
        print(f"\n(3) {liar.name} lies: three miners, two must agree", flush=True)
        with self.lying(liar):
            facts, right = self.gemm(512, "--replicas", "3", "--quorum", "2")
        self.report("a miner lies", facts, f"paid, {liar.name} outvoted")
        self.check("no tie-breaker was needed", not facts.tie_breakers)
        self.check_outvoted(liar, facts)
        self.check("the product is right (Freivalds)", right)

    def tie(self) -> None:
        """Two miners of which one lies: a third decides, whose price was held from the beginning."""
        breaker, _, liar = self.market.miners
        print(f"\n(4) {liar.name} lies again, to one other only: a tie-breaker decides", flush=True)
        with self.lying(liar):
            facts = self.run_job("echo", "--text", "who is right?", "--replicas", "2", "--quorum", "2")
        self.report("a tie-breaker decides", facts, f"paid, {liar.name} outvoted")
        self.check(f"the answers differed, and {breaker.name} was asked", len(facts.tie_breakers) == 1 and breaker.account in facts.paid())
        self.check_outvoted(liar, facts)

    def check_outvoted(self, liar: Miner, facts: JobFacts) -> None:
        """Two honest miners were paid; the liar was not, and lost its collateral."""
        self.check("the job is settled and the two honest miners paid", facts.state[0] == "Settled" and len(set(facts.paid())) == 2)
        self.check(f"{liar.name} was not paid", liar.account not in facts.paid())
        self.check(f"{liar.name}'s answer was judged wrong and its collateral slashed", facts.fate_of(liar.account) == ["Wrong"] and facts.slashed(liar.account) > 0)

    @contextlib.contextmanager
    def lying(self, miner: Miner) -> Iterator[None]:
        """A miner's worker lies as long as this lasts."""
        self.market.stop_worker(miner)
        self.market.start_worker(miner, lying=True)
        yield
        self.market.stop_worker(miner)
        self.market.start_worker(miner)

    def killed(self) -> None:
        """A miner whose worker is killed while it runs the job."""
        print("\n(5) a miner is killed mid-job: the job is let again", flush=True)
        victims = []
        facts, right = self.gemm(2048, "--deliver-within", str(KILLED_DELIVER_BLOCKS), during=lambda job: victims.append(self.kill_lessee(job)))
        victim = victims[0]
        self.report("a miner is killed", facts, f"paid, let again after {victim.name}")
        self.check(f"{victim.name}'s lease ended late and it was not paid", facts.fate_of(victim.account) == ["Late"] and victim.account not in facts.paid())
        self.check("the job was let again to another miner, who was paid", facts.state[0] == "Settled" and len(facts.leases) >= 2 and len(facts.paid()) == 1 and victim.account not in facts.paid())
        self.check(f"{victim.name} was slashed for it", facts.slashed(victim.account) > 0)
        self.check("the product is right (Freivalds)", right)
        self.market.start_worker(victim)

    def unmatched(self) -> None:
        """A job that nobody's device can run: it says why, and comes back."""
        print("\n(6) a job that no device can run: it is asked why it waits, and taken back", flush=True)
        run = self.market.aitbc.run
        posted = run("job", "submit", "echo", "--from", "client", "--max-price", MAX_PRICE, "--text", "anybody?", "--min-vram", ABSURD_MEMORY_MIB)
        job = int(posted["job"])
        # Waited for, so that it has been tried: jobs are matched from the next block on.
        block = int(posted["posted_block"])
        wait_for("the next block", FINALITY_S, lambda: self.market.chain.best_number() > block)
        why = run("job", "why", str(job))
        report = why["waiting"][0] if why["waiting"] else {"refused": [], "eligible": -1, "sentence": "nothing waits"}
        print(f"    {report['sentence']}")
        refused = {entry["filter"]: entry["offers"] for entry in report["refused"]}
        self.check("it waits, and all three offers were turned down for their memory", why["state"]["name"] == "open" and report["eligible"] == 0 and refused == {"vram": 3})
        run("job", "cancel", str(job), "--from", "client")
        wait_for(f"the end of job {job}", JOB_S, lambda: self.ended(job), pause=0.2)
        facts = self.facts(job)
        self.report("no device can run it", facts, "taken back, nothing paid", expected="Cancelled")
        self.check("taken back, it cost nothing but the fee", facts.state[0] == "Cancelled" and facts.ended["refunded"] == int(posted["escrow_planck"]) and not facts.payments)

    def nothing_left(self) -> None:
        """When all jobs have ended, nothing is owed any more."""
        print("\nafter the jobs", flush=True)
        chain = self.market.chain
        self.log.catch_up()
        jobs = dict(chain.entries("Jobs", "Jobs"))
        self.check("no lease is open", not any(job["leases"] for job in jobs.values()) and not list(chain.entries("Jobs", "MinerLeases")))
        self.check("every job's record says what was paid for it", all(self.paid_for(number) == sum(lease["paid"] for lease in job["history"]) for number, job in jobs.items()))
        miners = [info for _, info in chain.entries("ComputeStaking", "Miners")]
        self.check("no collateral is locked", all(info["locked"] == 0 for info in miners))
        self.check("no escrow is held", all(job["escrow"] == 0 for job in jobs.values()))
        self.market.processes.check_alive()

    def paid_for(self, job: int) -> int:
        """What the payments for a job come to, planck."""
        return sum(sum(fields["split"].values()) for _, fields in self.log.find("Payouts", "Paid") if fields["job"] == job)

    def delegation(self) -> None:
        """Who staked on a miner has its part of what that miner was paid, and of what it lost."""
        miner = self.market.miners[0]
        earned = sum(fields["split"]["delegators"] for _, fields in self.log.find("Payouts", "Paid") if fields["miner"] == miner.account)
        lost = sum(fields["pool"] for _, fields in self.log.find("ComputeStaking", "Slashed") if fields["miner"] == miner.account)
        stake = int(self.market.aitbc.run("stake", "show", "dora", "--miner", miner.name)[0]["value_planck"])
        self.check(f"dora has her part of {miner.name}'s pay in her stake: {earned} planck, less {lost} slashed", earned > 0 and stake == DELEGATION + earned - lost)

    def prove_conservation(self) -> Proof:
        """Checks, at a finalized block, that every coin since genesis is accounted for."""
        chain = self.market.chain
        last = chain.best_number()
        wait_for(f"finality of block {last}", FINALITY_S, lambda: chain.finalized_number() >= last)
        self.log.catch_up()
        purses = purses_of(chain, chain.hash_of(last))
        proof = prove(snapshot(chain, 0), snapshot(chain, last), self.log.between(0, last), purses)
        self.check(f"no coin was lost or made up from genesis to block {last}, and each is where the payments say", proof.conserved)
        for fault in proof.faults:
            print(f"           {fault}")
        return proof

    # ---- parts ----

    def gemm(self, side: int, *terms: str, during=None) -> tuple[JobFacts, bool]:
        """Runs a product of two random square matrices; what became of it, and if it is right."""
        draw, folder = random.Random(side), self.market.folders.of("matrices")
        a, b, c = (os.path.join(folder, f"{name}-{side}.bin") for name in "abc")
        for path in (a, b):
            with open(path, "wb") as file:
                file.write(draw.randbytes(side * side))
        size = ("--m", str(side), "--k", str(side), "--n", str(side))
        facts = self.run_job("gemm", *size, "--a", a, "--b", b, *terms, during=during)
        if facts.state[0] != "Settled":
            return facts, False
        code, answer, said = self.market.aitbc.attempt("job", "fetch", str(facts.job), "--out", c, "--verify-gemm", a, b)
        if code != 0:
            print(f"           {said}")
        return facts, code == 0 and answer.get("verified") == "freivalds"

    def receipt_is_valid(self, facts: JobFacts) -> bool:
        """Checks the receipt of a job's first replica against the paid miner's key, without the chain."""
        run, folder = self.market.aitbc.run, self.market.folders.of("receipts")
        receipt, keys = os.path.join(folder, f"{facts.job}.json"), os.path.join(folder, f"{facts.job}.keys")
        run("receipt", "show", f"{facts.job}/0", "--out", receipt)
        run("wallet", "export-address", f"{self.name(facts.paid()[0])}-worker", "--out", keys)
        genesis = self.market.chain.hash_of(0)
        code, answer, _ = self.market.aitbc.attempt("receipt", "verify", receipt, "--trusted", keys, "--genesis", genesis, "--job", str(facts.job))
        return code == 0 and answer.get("valid") is True

    def run_job(self, kind: str, *arguments: str, during=None) -> JobFacts:
        """Posts a job, does `during` with its number, waits for its end."""
        posted = self.market.aitbc.run("job", "submit", kind, "--from", "client", "--max-price", MAX_PRICE, *arguments)
        job = int(posted["job"])
        if during:
            during(job)
        wait_for(f"the end of job {job}", JOB_S, lambda: self.ended(job), pause=0.2)
        return self.facts(job)

    def ended(self, job: int) -> bool:
        self.market.processes.check_alive()
        self.log.catch_up()
        return any(fields["job"] == job for _, fields in self.log.find("Jobs", "JobEnded"))

    def facts(self, job: int) -> JobFacts:
        """Gathers what the events say."""

        def of_job(pallet: str, name: str) -> list[tuple[int, dict]]:
            return [(block, fields) for block, fields in self.log.find(pallet, name) if fields["job"] == job]

        (posted_block, posted), (ended_block, ended) = of_job("Jobs", "JobPosted")[0], of_job("Jobs", "JobEnded")[0]
        return JobFacts(
            job,
            posted["class"][0],
            posted_block,
            ended_block,
            ended,
            [fields for _, fields in of_job("Jobs", "LeaseStarted")],
            [fields for _, fields in of_job("Jobs", "LeaseEnded")],
            [fields for _, fields in of_job("Jobs", "TieBreakerCalled")],
            [fields for _, fields in of_job("Payouts", "Paid")],
            self.log.find("ComputeStaking", "Slashed"),
        )

    def kill_lessee(self, job: int) -> Miner:
        """Waits until a miner runs the job, then kills its worker with everything below it."""

        def lessee():
            leases = self.market.leases_of(job)
            return self.market.miner_of(leases[0]) if leases else None

        miner = wait_for("a lease", JOB_S, lessee, pause=0.05)
        worker = self.market.processes.running[f"worker-{miner.name}"]
        # The child that computes; the kill is to come in the middle of the work.
        wait_for("the job's process", 20, lambda: descendants_of(worker.pid), pause=0.02)
        self.market.kill_worker(miner)
        print(f"    kill -9: {miner.name}'s worker and the job's process", flush=True)
        return miner

    def report(self, title: str, facts: JobFacts, outcome: str, expected: str = "Settled") -> None:
        if facts.state[0] != expected:
            outcome = f"{facts.state[0]}: {facts.state[1]}"
        self.jobs.append(
            JobReport(
                facts.job,
                title,
                facts.job_class,
                facts.state[0],
                facts.posted_block,
                facts.ended_block,
                sorted({self.name(account) for account in facts.paid()}),
                sum(payment["split"]["miner"] for payment in facts.payments),
                outcome,
            )
        )
