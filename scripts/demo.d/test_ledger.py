"""Tests of the proof that no coin was lost."""

import unittest

from ledger import Purses, Snapshot, account_of, flows, moved, payment_parts, prove


def at(number: int, issuance: int, **accounts: int) -> Snapshot:
    return Snapshot(number, "0x", issuance, sum(accounts.values()), accounts, {})


def event(name: str, amount: int):
    return ("Balances", name, {"amount": amount})


class Conservation(unittest.TestCase):
    def test_prove_should_hold_when_a_fee_is_paid_out_and_partly_burned(self):
        # 10 leave as a credit, 7 arrive, 3 are dropped and so burned.
        events = [event("Withdraw", 10), event("Deposit", 7), ("System", "ExtrinsicSuccess", {})]
        proof = prove(at(1, 100, a=100), at(2, 97, a=90, b=7), events)
        self.assertTrue(proof.conserved, proof.faults)
        self.assertEqual((proof.minted, proof.burned), (0, 3))

    def test_prove_should_hold_when_a_job_is_paid_from_escrow_and_a_bond_slashed(self):
        # 8 leave the escrow, of which 1 is burned; 2 leave a bond for another account.
        split = {"miner": 5, "delegators": 1, "validators": 0, "treasury": 1, "burned": 1}
        events = [("Payouts", "Paid", {"split": split}), event("Deposit", 6), event("Deposit", 1)]
        events += [("ComputeStaking", "Slashed", {"amount": 2}), event("Deposit", 2)]
        proof = prove(at(1, 100, a=100), at(2, 99, a=90, b=9), events)
        self.assertTrue(proof.conserved, proof.faults)
        self.assertEqual(proof.burned, 1)

    def test_prove_should_hold_when_coins_are_minted_slashed_and_moved(self):
        events = [event("Minted", 5), event("Slashed", 4), event("Transfer", 50), event("Issued", 6), event("Deposit", 6)]
        proof = prove(at(1, 100, a=100), at(2, 107, a=56, b=51), events)
        self.assertTrue(proof.conserved, proof.faults)
        self.assertEqual((proof.minted, proof.burned), (11, 4))

    def test_prove_should_fail_when_a_coin_appears_or_disappears(self):
        for after, events in [
            (at(2, 100, a=99), []),  # an account lost one
            (at(2, 101, a=101), []),  # one appeared with its issuance
            (at(2, 99, a=99), []),  # one vanished with its issuance
            (at(2, 100, a=100), [event("Deposit", 1)]),  # one arrived from nowhere
            (at(2, 100, a=100), [event("Withdraw", 1)]),  # one left and did not
        ]:
            self.assertFalse(prove(at(1, 100, a=100), after, events).conserved, f"{after} {events}")

    def test_prove_should_fail_when_the_start_does_not_add_up(self):
        self.assertFalse(prove(at(1, 101, a=100), at(2, 100, a=100), []).conserved)

    SPLIT = {"miner": 5, "delegators": 1, "validators": 3, "treasury": 2, "burned": 1}

    def paid(self, **changed: int):
        """Twelve leave an escrow; two more are slashed; the pot gives two on."""
        events = [("Payouts", "Paid", {"split": self.SPLIT}), event("Deposit", 6), event("Deposit", 3), event("Deposit", 2)]
        events += [("ComputeStaking", "Slashed", {"amount": 2}), event("Deposit", 2)]
        events += [("Balances", "Transfer", {"from": "pot", "to": "v", "amount": 2})]
        after = {"c": 88, "m": 4 + 6, "t": 10 + 2 + 2, "pot": 1 + 3 - 2, "v": 2} | changed
        totals = {"split": self.SPLIT, "gross": 12}
        return at(1, 117, c=100, m=6, t=10, pot=1), at(2, 116, **after), events, Purses("pot", "t", totals)

    def test_prove_should_hold_when_pot_and_treasury_have_their_parts(self):
        proof = prove(*self.paid())
        self.assertTrue(proof.conserved, proof.faults)
        self.assertEqual((proof.parts, proof.burned), (self.SPLIT, 1))

    def test_prove_should_fail_when_a_part_is_with_somebody_else(self):
        for changed, named in [({"pot": 1, "v": 3}, "pot"), ({"t": 13, "m": 11}, "treasury")]:
            faults = prove(*self.paid(**changed)).faults
            self.assertEqual(len(faults), 1, faults)
            self.assertIn(named, faults[0])

    def test_prove_should_fail_when_the_chains_sums_are_others(self):
        before, after, events, purses = self.paid()
        for totals in [{"split": self.SPLIT, "gross": 13}, {"split": self.SPLIT | {"burned": 0}, "gross": 12}]:
            self.assertFalse(prove(before, after, events, purses._replace(totals=totals)).conserved, totals)

    def test_prove_should_fail_when_more_is_burned_than_payments_say(self):
        before, after, events, purses = self.paid(c=87)
        after = after._replace(issuance=115)
        faults = prove(before, after, [*events, event("Withdraw", 1)], purses).faults
        self.assertEqual(len(faults), 1, faults)
        self.assertIn("burned", faults[0])

    def test_payment_parts_should_add_up_over_payments_only(self):
        events = [("Payouts", "Paid", {"split": self.SPLIT})] * 2 + [("Jobs", "Paid", {"split": {"miner": 1}})]
        self.assertEqual(payment_parts(events), {part: 2 * amount for part, amount in self.SPLIT.items()})

    def test_moved_should_count_both_directions(self):
        events = [("Balances", "Transfer", {"from": "a", "to": "b", "amount": 5}), ("Balances", "Transfer", {"from": "b", "to": "a", "amount": 2})]
        self.assertEqual((moved(events, "a"), moved(events, "b"), moved(events, "c")), (-3, 3, 0))

    def test_account_of_should_be_what_the_runtime_derives(self):
        # The treasury of Polkadot: PalletId(*b"py/trsry").
        treasury = "0x6d6f646c70792f74727372790000000000000000000000000000000000000000"
        self.assertEqual(account_of("0x" + b"py/trsry".hex()), treasury)

    def test_flows_should_ignore_other_pallets(self):
        self.assertEqual(flows([("Treasury", "Deposit", {"value": 5})]), (0, 0, 0))


if __name__ == "__main__":
    unittest.main()
