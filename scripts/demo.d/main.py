"""The demo: a dev chain, three miners, six jobs, and the proof that no coin was lost.

Started by scripts/demo, which prepares and builds. Everything started here is stopped on every way
out. Exit status 0 only if every check held, 1 if one did not, 2 if the demo could not go on.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

from chain import RpcError
from ledger import deposits_held, purses_of, snapshot
from market import Folders, Market
from processes import DemoError, Processes, Stopped, stop_on_signals
from report import balances_table, jobs_table, parts_table, summary, write_summary
from story import EventLog, Story

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def play(market: Market, keep: str, seconds: dict[str, float]) -> bool:
    """The whole demo on a market that is not started yet; whether every check held."""
    started = time.monotonic()

    def lap(name: str) -> None:
        nonlocal started
        seconds[name] = round(time.monotonic() - started, 1)
        started = time.monotonic()

    print("starting a dev chain", flush=True)
    market.start_node()
    lap("first_block")
    print(f"  first block after {seconds['first_block']} s; node at {market.url}", flush=True)
    print("a client, three miners, and dora who stakes on the first: wallets, money, collateral, offers", flush=True)
    market.settle_people()
    for miner in market.miners:
        market.start_worker(miner)
    lap("set_up_people")

    log = EventLog(market.chain)
    story = Story(market, log, os.path.join(ROOT, "examples", "edge-detect"), keep)
    before = snapshot(market.chain, market.chain.best_number())
    for part in (story.edges, story.product, story.liar, story.tie, story.killed, story.unmatched, story.nothing_left, story.delegation):
        part()
        lap(part.__name__)

    proof = story.prove_conservation()
    genesis, after = proof.before, proof.after
    lap("proof")

    purses = purses_of(market.chain, after.hash)
    names = {
        market.client: "client",
        market.delegator: "dora",
        **{miner.account: miner.name for miner in market.miners},
        purses.pot: "validators' pot",
        purses.treasury: "treasury",
    }
    print("\n" + jobs_table(story.jobs))
    print("\n" + parts_table(proof.parts))
    print("\n" + balances_table(names, before, after))
    print(f"\n  issuance at genesis {genesis.issuance} planck, minted {proof.minted}, burned {proof.burned}; at block {after.number} {after.issuance}")
    print(f"  sum of free and reserved over {len(after.free)} accounts at {after.hash}: {after.accounts}")
    content = summary(story.jobs, proof, deposits_held(market.chain, after.hash), story.checks, seconds)
    write_summary(os.path.join(keep, "summary.json"), content)
    return content["ok"]


def run(arguments: argparse.Namespace) -> int:
    """Sets up the folders, plays, cleans up."""
    seconds = {name: value for name, value in (("setup", arguments.setup_seconds), ("build", arguments.build_seconds)) if value is not None}
    root = tempfile.mkdtemp(prefix="aitbc-demo-")
    keep = os.path.abspath(arguments.out) if arguments.out else os.path.join(root, "out")
    status = 2
    try:
        logs = os.path.join(keep, "logs")
        os.makedirs(logs, exist_ok=True)
        with Processes(logs) as processes:
            try:
                market = Market(arguments.programs, processes, Folders(root, logs))
                status = 0 if play(market, keep, seconds) else 1
            except (DemoError, RpcError) as error:
                print(f"\nerror: {error}", file=sys.stderr)
                for name in list(processes.running):
                    print(f"  end of {name}'s log:\n{processes.tail(name)}", file=sys.stderr)
    except Stopped as stopped:
        print(f"\nstopped by {stopped}; everything that was started has been stopped", file=sys.stderr)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    if arguments.out:
        print(f"\n  kept in {keep}")
    print("\ndemo: all went right" if status == 0 else "\ndemo: FAILED")
    return status


def main() -> int:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="folder with the built programs")
    parser.add_argument("--out", help="folder to keep pictures, logs and summary.json in")
    parser.add_argument("--setup-seconds", type=float)
    parser.add_argument("--build-seconds", type=float)
    stop_on_signals()
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
