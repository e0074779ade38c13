"""Faults that only real programs show: the node is killed between a commitment and its reveal.

Started by scripts/test with the built programs. Exit status 0 only if the job was settled all the
same, both miners paid, and no coin lost or made up.
"""

import argparse
import os
import shutil
import sys
import tempfile

from chain import RpcError
from ledger import prove, snapshot
from market import Folders, Market
from processes import DemoError, Processes, wait_for
from story import EventLog, Story

SETTLED_S = 180


def commitments(market: Market, job: int) -> int:
    """How many of the job's leases are committed at the best block."""
    leases = [lease for _, lease in market.chain.entries("Jobs", "Leases", job.to_bytes(8, "little"))]
    return sum(lease["state"][0] == "Committed" for lease in leases)


def kill_node_between_commit_and_reveal(market: Market, job: int) -> None:
    """kill -9 on the node as soon as an answer is committed; then starts it again on its database."""
    wait_for("a commitment", 60, lambda: commitments(market, job), pause=0.02)
    market.processes.kill("node")
    print(f"    kill -9: the node, with {job=} committed and not revealed", flush=True)
    market.start_node()


def play(market: Market, keep: str) -> bool:
    """Runs the fault on a market that is not started yet; whether every check held."""
    market.start_node()
    market.settle_people()
    for miner in market.miners:
        market.start_worker(miner)
    log = EventLog(market.chain)
    story = Story(market, log, "", keep)
    print("the node is killed between commitment and reveal", flush=True)
    facts, right = story.gemm(
        256,
        *("--replicas", "2", "--quorum", "2"),
        during=lambda job: kill_node_between_commit_and_reveal(market, job),
    )
    story.check("the job is settled all the same", facts.state[0] == "Settled")
    story.check("both miners were paid, once each", len(facts.paid()) == len(set(facts.paid())) == 2)
    story.check("the product is right (Freivalds)", right)
    story.nothing_left()

    last = market.chain.best_number()
    wait_for(f"finality of block {last}", SETTLED_S, lambda: market.chain.finalized_number() >= last)
    log.catch_up()
    proof = prove(snapshot(market.chain, 0), snapshot(market.chain, last), log.between(0, last))
    story.check("no coin was lost or made up", proof.conserved)
    return all(held for _, held in story.checks)


def main() -> int:
    """Reads the arguments, plays, cleans up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="folder with the built programs")
    programs = parser.parse_args().programs
    root = tempfile.mkdtemp(prefix="aitbc-faults-")
    logs = os.path.join(root, "logs")
    os.makedirs(logs)
    held = False
    try:
        with Processes(logs) as processes:
            try:
                held = play(Market(programs, processes, Folders(root, logs)), root)
            except (DemoError, RpcError) as error:
                print(f"error: {error}", file=sys.stderr)
            if not held:
                for name in list(processes.running):
                    print(f"  end of {name}'s log:\n{processes.tail(name)}", file=sys.stderr)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("faults: all went right" if held else "faults: FAILED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
