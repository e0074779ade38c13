"""What the demo shows and keeps."""

import json
from typing import NamedTuple

PLANCK = 10**12


class JobReport(NamedTuple):
    """One job as it ended."""

    id: int
    title: str
    job_class: str
    state: str
    posted_block: int
    settled_block: int
    miners: list[str]  # that were paid
    paid_planck: int  # to miners
    outcome: str


def ait(planck: int) -> str:
    """An amount for people, exact to a millionth."""
    sign, planck = ("-", -planck) if planck < 0 else ("", planck)
    whole, part = divmod(planck, PLANCK)
    return f"{sign}{whole:,}.{part // 10**6:06d}"


def table(heads: list[str], rows: list[list[str]], left: int = 1) -> str:
    """Columns; all but the first `left` flush right."""
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    lines = []
    for row in [heads, *rows]:
        cells = [cell.ljust(width) if i < left else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def jobs_table(jobs: list[JobReport]) -> str:
    rows = [
        [
            str(job.id),
            job.title,
            job.job_class,
            job.outcome,
            ", ".join(job.miners) or "-",
            str(job.posted_block),
            str(job.settled_block),
            str(job.settled_block - job.posted_block),
            ait(job.paid_planck),
        ]
        for job in jobs
    ]
    return table(["job", "what", "class", "outcome", "miners paid", "posted", "ended", "blocks", "AIT to miners"], rows, left=5)


def parts_table(parts: dict[str, int]) -> str:
    """Where the payments went."""
    names = {"miner": "to miners", "delegators": "to who staked on them", "validators": "to the validators' pot", "treasury": "to the treasury", "burned": "burnt"}
    rows = [[names[part], ait(amount)] for part, amount in parts.items()]
    return table(["payments", "AIT"], [*rows, ["together", ait(sum(parts.values()))]])


def balances_table(names: dict[str, str], before, after) -> str:
    """Every account that has a name; then the rest, and the sum."""
    rows, seen = [], set()
    for account, name in names.items():
        seen.add(account)
        rows.append(_balance_row(name, [account], before, after))
    others = (set(before.free) | set(after.free)) - seen
    rows.append(_balance_row(f"{len(others)} other accounts", others, before, after))
    rows.append(_balance_row("all accounts", seen | others, before, after))
    return table(["account", f"block {before.number}", f"block {after.number}", "difference", "of it on hold"], rows)


def _balance_row(name: str, accounts, before, after) -> list[str]:
    first = sum(before.free.get(a, 0) + before.held.get(a, 0) for a in accounts)
    last = sum(after.free.get(a, 0) + after.held.get(a, 0) for a in accounts)
    return [name, ait(first), ait(last), ait(last - first), ait(sum(after.held.get(a, 0) for a in accounts))]


def summary(jobs: list[JobReport], proof, deposits: dict[str, int], checks: list[tuple[str, bool]], seconds: dict[str, float]) -> dict:
    """What summary.json holds. Amounts in planck."""
    return {
        "ok": all(held for _, held in checks),
        "jobs": [
            {
                "id": job.id,
                "title": job.title,
                "class": job.job_class,
                "state": job.state,
                "posted_block": job.posted_block,
                "settled_block": job.settled_block,
                "miners": job.miners,
                "paid_planck": job.paid_planck,
                "outcome": job.outcome,
            }
            for job in jobs
        ],
        "issuance_before": proof.before.issuance,
        "issuance_after": proof.after.issuance,
        "payments": proof.parts,
        "minted": proof.minted,
        "burned": proof.burned,
        "deposits": deposits,
        "conserved": proof.conserved,
        "conservation": {
            "before": {"block": proof.before.number, "hash": proof.before.hash, "accounts_planck": proof.before.accounts},
            "after": {"block": proof.after.number, "hash": proof.after.hash, "accounts_planck": proof.after.accounts},
            "faults": proof.faults,
        },
        "checks": [{"what": what, "held": held} for what, held in checks],
        "seconds": seconds,
    }


def write_summary(path: str, content: dict) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
