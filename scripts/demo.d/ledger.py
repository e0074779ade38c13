"""Proof that no coin was lost: pure functions over what was read from the chain."""

from typing import NamedTuple

# Events by what they do to the sum of all accounts. Value that leaves an account as a
# credit (Withdraw, Slashed) is either deposited elsewhere (Deposit) or dropped, which is how it is
# burnt: no event of its own tells of a dropped credit.
INTO_ACCOUNTS = ("Deposit", "Minted", "Restored")
OUT_OF_ACCOUNTS = ("Withdraw", "Slashed", "Burned", "BurnedHeld", "DustLost", "Suspended")
# Where a payment goes.
PARTS = ("miner", "delegators", "validators", "treasury", "burned")
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

    def of(self, account: str) -> int:
        """Everything that one account has."""
        return self.free.get(account, 0) + self.held.get(account, 0)


class Proof(NamedTuple):
    """The verdict and the numbers behind it."""

    before: Snapshot
    after: Snapshot
    minted: int
    burned: int
    parts: dict[str, int]  # of all payments: to miners, delegators, validators, treasury, burned
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


def total(events: list[tuple[str, str, object]], pallet: str, name: str, field: str) -> int:
    """Sum of a field over all events of a kind."""
    return sum(fields[field] for of, event, fields in events if (of, event) == (pallet, name))


def payment_parts(events: list[tuple[str, str, object]]) -> dict[str, int]:
    """Where the payments went, by what their events say."""
    parts = dict.fromkeys(PARTS, 0)
    for pallet, name, fields in events:
        if (pallet, name) == ("Payouts", "Paid"):
            for part, amount in fields["split"].items():
                parts[part] += amount
    return parts


def moved(events: list[tuple[str, str, object]], account: str) -> int:
    """What transfers brought into an account, less what they took out of it."""
    transfers = [fields for pallet, name, fields in events if (pallet, name) == ("Balances", "Transfer")]
    into = sum(transfer["amount"] for transfer in transfers if transfer["to"] == account)
    return into - sum(transfer["amount"] for transfer in transfers if transfer["from"] == account)


class Purses(NamedTuple):
    """The accounts that payments fill beside people's, and what the chain says was paid."""

    pot: str
    treasury: str
    totals: dict  # Payouts.Totals at the end


def purse_faults(before: Snapshot, after: Snapshot, events: list[tuple[str, str, object]], purses: Purses) -> list[str]:
    """Whether pot and treasury hold what the events say went there, and the chain's own sums are theirs.

    Nothing but payments may burn coins in these events, and nothing but payments, slashes and dust may
    fill the treasury.
    """
    parts = payment_parts(events)
    faults = []
    expected = {
        "the validators' pot": (purses.pot, parts["validators"]),
        "the treasury": (
            purses.treasury,
            parts["treasury"] + total(events, "ComputeStaking", "Slashed", "amount") + total(events, "Balances", "DustLost", "amount"),
        ),
    }
    for name, (account, paid) in expected.items():
        grown, due = after.of(account) - before.of(account), paid + moved(events, account)
        if grown != due:
            faults.append(f"{name} has {grown} planck more, the events say {due}")
    if purses.totals["split"] != parts:
        faults.append(f"the chain says that payments went {purses.totals['split']}, the events {parts}")
    if purses.totals["gross"] != sum(parts.values()):
        faults.append(f"the chain says that {purses.totals['gross']} planck were paid, the events {sum(parts.values())}")
    burned = parts["burned"] + total(events, "Payouts", "EmissionPaid", "burned")
    if flows(events).burned != burned:
        faults.append(f"{flows(events).burned} planck were burned, of which payments explain {burned}")
    return faults


def snapshot(chain, number: int) -> Snapshot:
    """Reads every account at a block."""
    at = chain.hash_of(number)
    free, held = {}, {}
    for who, info in chain.entries("System", "Account", at=at):
        free[who] = info["data"]["free"]
        held[who] = info["data"]["reserved"]
    issuance = chain.get("Balances", "TotalIssuance", at=at)
    return Snapshot(number, at, issuance, sum(free.values()) + sum(held.values()), free, held)


def prove(before: Snapshot, after: Snapshot, events: list[tuple[str, str, object]], purses: Purses | None = None) -> Proof:
    """Whether the accounts add up at both ends, the events explain the difference, and it is where they say."""
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
    if purses:
        faults += purse_faults(before, after, events, purses)
    return Proof(before, after, seen.minted, seen.burned, payment_parts(events), faults)


def purses_of(chain, at: str) -> Purses:
    """Reads which accounts they are, and the chain's sums at a block."""
    pot = chain.constant("Payouts", "PotId")
    treasury = chain.constant("Treasury", "PalletId")
    return Purses(account_of(pot), account_of(treasury), chain.get("Payouts", "Totals", at=at))


def account_of(pallet_id: str) -> str:
    """The account of a pallet, by the hexadecimal text of its eight bytes (`into_account_truncating`)."""
    return "0x" + (b"modl" + bytes.fromhex(pallet_id[2:])).ljust(32, b"\0").hex()


def deposits_held(chain, at: str) -> dict[str, int]:
    """What is on hold, by reason, at a block; planck."""
    held: dict[str, int] = {}
    for _, holds in chain.entries("Balances", "Holds", at=at):
        for hold in holds:
            pallet, reason = hold["id"]
            name = f"{pallet}.{reason[0] if isinstance(reason, tuple) else reason}"
            held[name] = held.get(name, 0) + hold["amount"]
    return held
