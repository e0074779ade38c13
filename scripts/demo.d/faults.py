"""Faults that only real programs show: node or worker killed, or a worker key replaced, between a
commitment and its reveal.

Started by scripts/test with the built programs. Exit status 0 only if the jobs were settled all the
same, both miners paid once each, and no coin lost or made up.
"""

import argparse
import os
import shutil
import sys
import tempfile

from chain import RpcError
from market import Folders, Market, Miner
from processes import DemoError, Processes, Stopped, stop_on_signals, wait_for
from story import EventLog, Story

def committed_miner(market: Market, job: int) -> Miner:
    """Waits until an answer to the job is committed; whose it is."""

    def committed() -> Miner | None:
        return next((market.miner_of(lease) for lease in market.leases_of(job) if lease["state"][0] == "Committed"), None)

    return wait_for("a commitment", 60, committed, pause=0.02)


def kill_node_between_commit_and_reveal(market: Market, job: int) -> None:
    """kill -9 on the node as soon as an answer is committed; then starts it again on its database."""
    committed_miner(market, job)
    market.processes.kill("node")
    print(f"    kill -9: the node, with {job=} committed and not revealed", flush=True)
    market.start_node()


def kill_worker_between_commit_and_reveal(market: Market, job: int) -> None:
    """kill -9 on a worker whose answer is committed; then starts it again on its journal."""
    miner = committed_miner(market, job)
    market.kill_worker(miner)
    print(f"    kill -9: {miner.name}'s worker, with {job=} committed and not revealed", flush=True)
    market.start_worker(miner)


def rotate_worker_between_commit_and_reveal(market: Market, job: int) -> None:
    """Replaces the worker key of a miner whose answer is committed; what is committed is revealed with the
    key that is retired."""
    miner = market.rotate_worker(committed_miner(market, job))
    print(f"    {miner.name}'s worker key is replaced, with {job=} committed and not revealed", flush=True)


def client_commands(market: Market, story: Story) -> None:
    """What clients ask of `aitbc` and the demo has no use for, against a node."""
    print("commands of clients", flush=True)
    run = market.aitbc.run
    terms = ("echo", "--from", "client", "--max-price", "1 AIT", "--text", "hello")

    def free() -> int:
        return int(run("wallet", "balance", "client")["accounts"][0]["free_planck"])

    story.check("a job can be priced without posting it", run("job", "quote", *terms)["report"]["eligible"] == 3)
    before = free()
    # Nobody's device is that fast, so that the job waits until it is taken back.
    job = str(run("job", "submit", *terms, "--min-speed", "4000000000")["job"])
    story.check("a job without a miner is open", run("job", "show", job)["state"]["name"] == "open")
    story.check("it is among the client's open jobs", job in [str(entry["job"]) for entry in run("job", "list", "--account", "client", "--state", "open")])
    refused = {entry["filter"]: entry["offers"] for entry in run("job", "why", job)["waiting"][0]["refused"]}
    story.check("it says why it waits", refused == {"speed": 3})
    depth = {entry["class"]: entry for entry in run("market", "depth")}
    story.check("the book lists three offers for it", sum(level["offers"] for level in depth["echo"]["asks"]) == 3)
    story.check("and one replica that waits", sum(level["replicas"] for level in depth["echo"]["bids"]) >= 1)
    run("job", "cancel", job, "--from", "client")
    story.check("it can be cancelled", run("job", "show", job)["state"]["name"] == "cancelled")
    story.check("job wait tells by its exit status", market.aitbc.attempt("job", "wait", job)[0] == 4)
    # The deposit stays with the job's record.
    story.check("the escrow came back", before - free() < 10**12)


def miner_commands(market: Market, story: Story) -> None:
    """What miners and who stakes on them ask of `aitbc`, against a node."""
    print("commands of miners", flush=True)
    run, miner, staker = market.aitbc.run, market.miners[-1].name, "dora"
    story.check("the miners are listed", {miner.address for miner in market.miners} <= {entry["miner"] for entry in run("miner", "show")})

    def shown() -> dict:
        return run("miner", "show", miner)

    run("miner", "chill", "--from", miner)
    story.check("a miner can pause", shown()["status"] == "chilled" and not shown()["takes_leases"])
    run("miner", "resume", "--from", miner)
    story.check("and go on", shown()["takes_leases"])
    run("miner", "profile", "--from", miner, "--backend", "cpu", "--name", "demo")
    story.check("it can describe its device", shown()["profile"]["name"] == "demo")
    run("miner", "profile", "--from", miner, "--clear")
    run("miner", "bond-extra", "--from", miner, "--amount", "20 AIT")
    before = int(shown()["own_planck"])
    run("miner", "unbond", "--from", miner, "--amount", "10 AIT")
    after = shown()
    story.check("it can take collateral out", before - int(after["own_planck"]) == 10**13 == int(after["unbonding_planck"]))
    code, _, said = market.aitbc.attempt("miner", "withdraw-unbonded", "--from", miner)
    story.check("but not before its time", code == 1 and "NothingDue" in said)
    run("miner", "owner", "request", "--from", miner, "--owner", staker)
    run("miner", "owner", "accept", "--from", staker, "--miner", miner)
    story.check("it can have an owner", shown()["owner"] is not None)
    run("miner", "owner", "leave", "--from", miner)
    story.check("and leave it", shown()["owner"] is None)
    staked = run("stake", "show", staker)[0]
    run("stake", "undelegate", "--from", staker, "--miner", staked["miner"], "--amount", "20 AIT")
    left = run("stake", "show", staker)[0]
    story.check("a stake can be taken back in part", int(staked["value_planck"]) - int(left["value_planck"]) >= 2 * 10**13 and len(left["unbonding"]) == 1)


def play(market: Market, keep: str) -> bool:
    """Runs the faults on a market that is not started yet; whether every check held."""
    market.start_node()
    market.settle_people()
    for miner in market.miners:
        market.start_worker(miner)
    log = EventLog(market.chain)
    story = Story(market, log, "", keep)
    faults = (
        ("the node is killed", kill_node_between_commit_and_reveal),
        ("a worker is killed", kill_worker_between_commit_and_reveal),
        ("a worker key is replaced", rotate_worker_between_commit_and_reveal),
    )
    for what, fault in faults:
        print(f"{what} between commitment and reveal", flush=True)
        facts, right = story.gemm(256, "--replicas", "2", "--quorum", "2", during=lambda job, fault=fault: fault(market, job))
        story.check("the job is settled all the same", facts.state[0] == "Settled")
        story.check("both miners were paid, once each", len(facts.paid()) == len(set(facts.paid())) == 2)
        story.check("the product is right (Freivalds)", right)
    client_commands(market, story)
    miner_commands(market, story)
    story.nothing_left()
    story.prove_conservation()
    return all(held for _, held in story.checks)


def main() -> int:
    """Reads the arguments, plays, cleans up."""
    stop_on_signals()
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
    except Stopped as stopped:
        print(f"stopped by {stopped}; everything that was started has been stopped", file=sys.stderr)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("faults: all went right" if held else "faults: FAILED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
