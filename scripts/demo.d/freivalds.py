"""Freivalds' check of a matrix product, apart from the project's own implementation.

C = A·B with A (m × k) and B (k × n) int8, C int32. For r drawn after C is known, A·(B·r) = C·r modulo
2^64 holds always if C is right, and with probability at most 2^-32 if it is wrong.
"""

import secrets
from array import array
from operator import mul


def product_is_right(a: bytes, b: bytes, c: bytes, m: int, k: int, n: int, rounds: int = 2) -> bool:
    """Whether `c` (int32, little-endian, row-major) is the product of `a` and `b` (int8)."""
    if (len(a), len(b), len(c)) != (m * k, k * n, 4 * m * n):
        return False
    left, right, result = array("b", a), array("b", b), array("i", c)
    if result.itemsize != 4:
        raise RuntimeError("this platform's int is not 32 bits wide")
    return all(_round(left, right, result, m, k, n) for _ in range(rounds))


def _round(left: array, right: array, result: array, m: int, k: int, n: int) -> bool:
    r = [secrets.randbits(32) for _ in range(n)]
    br = [sum(map(mul, right[row * n : row * n + n], r)) for row in range(k)]
    for row in range(m):
        expected = sum(map(mul, left[row * k : row * k + k], br))
        found = sum(map(mul, result[row * n : row * n + n], r))
        if (expected - found) & 0xFFFFFFFFFFFFFFFF:
            return False
    return True
