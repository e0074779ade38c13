"""Tests of the proof that no coin was lost."""

import unittest

from ledger import Snapshot, flows, prove


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
        split = {"miner": 6, "validators": 0, "treasury": 1, "burned": 1}
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

    def test_flows_should_ignore_other_pallets(self):
        self.assertEqual(flows([("Treasury", "Deposit", {"value": 5})]), (0, 0, 0))


if __name__ == "__main__":
    unittest.main()
