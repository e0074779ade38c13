"""Proof that no coin was lost: pure functions over what was read from the chain."""

from typing import NamedTuple

# Events by what they do to the sum of all accounts. Value that leaves an account as a
# credit (Withdraw, Slashed) is either deposited elsewhere (Deposit) or dropped, which is how it is
# burnt: no event of its own tells of a dropped credit.
INTO_ACCOUNTS = ("Deposit", "Minted", "Restored")
OUT_OF_ACCOUNTS = ("Withdraw", "Slashed", "Burned", "BurnedHeld", "DustLost", "Suspended")
# New value that is not deposited yet.
ISSUED = ("Issued", "Minted", "MintedCredit", "Restored")


class Flows(NamedTuple):
    """What the events of a range of blocks say, planck."""

    into: int
    out: int
    minted: int

    @property
    def burned(self) -> int:
        """What left accounts or was issued, and arrived nowhere."""
        return self.out + self.minted - self.into


class Snapshot(NamedTuple):
    """All money at one block."""

    number: int
    hash: str
    issuance: int
    accounts: int  # sum of free and reserved over every account
    free: dict[str, int]
    held: dict[str, int]


class Proof(NamedTuple):
    """The verdict and the numbers behind it."""

    before: Snapshot
    after: Snapshot
    minted: int
    burned: int
    faults: list[str]

    @property
    def conserved(self) -> bool:
        return not self.faults


def amount_of(fields) -> int:
    """The amount that a Balances event tells of."""
    return fields["amount"]


def flows(events: list[tuple[str, str, object]]) -> Flows:
    """Sums over the events that tell of money."""
    into = out = minted = 0
    for pallet, name, fields in events:
        # Taking what is on hold emits no event of Balances; those who take it tell.
        if (pallet, name) == ("Payouts", "Paid"):
            out += sum(fields["split"].values())
        if (pallet, name) == ("ComputeStaking", "Slashed"):
            out += fields["amount"]
        if pallet != "Balances":
            continue
        if name in INTO_ACCOUNTS:
            into += amount_of(fields)
        if name in OUT_OF_ACCOUNTS:
            out += amount_of(fields)
        if name in ISSUED:
            minted += amount_of(fields)
    return Flows(into, out, minted)


def snapshot(chain, number: int) -> Snapshot:
    """Reads every account at a block."""
    at = chain.hash_of(number)
    free, held = {}, {}
    for who, info in chain.entries("System", "Account", at=at):
        free[who] = info["data"]["free"]
        held[who] = info["data"]["reserved"]
    issuance = chain.get("Balances", "TotalIssuance", at=at)
    return Snapshot(number, at, issuance, sum(free.values()) + sum(held.values()), free, held)


def prove(before: Snapshot, after: Snapshot, events: list[tuple[str, str, object]]) -> Proof:
    """Whether the accounts add up at both ends and the events explain the difference."""
    seen = flows(events)
    faults = []
    for which in (before, after):
        if which.accounts != which.issuance:
            faults.append(f"at block {which.number} the accounts hold {which.accounts} planck, the issuance is {which.issuance}")
    if before.accounts + seen.into - seen.out != after.accounts:
        faults.append(f"the events move {seen.into - seen.out} planck into accounts, which hold {after.accounts - before.accounts} more")
    if before.issuance + seen.minted - seen.burned != after.issuance:
        faults.append(f"issuance {before.issuance} + minted {seen.minted} - burned {seen.burned} is not {after.issuance}")
    if seen.burned < 0:
        faults.append(f"{-seen.burned} planck arrived in accounts from nowhere")
    return Proof(before, after, seen.minted, seen.burned, faults)


def deposits_held(chain, at: str) -> dict[str, int]:
    """What is on hold, by reason, at a block; planck."""
    held: dict[str, int] = {}
    for _, holds in chain.entries("Balances", "Holds", at=at):
        for hold in holds:
            pallet, reason = hold["id"]
            name = f"{pallet}.{reason[0] if isinstance(reason, tuple) else reason}"
            held[name] = held.get(name, 0) + hold["amount"]
    return held
