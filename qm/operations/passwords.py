"""Hashes of passwords with argon2id."""

from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


def common_passwords() -> frozenset[str]:
    """Passwords of twelve letters and more that are tried first, in small letters."""
    text = files("qm.operations").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


class Passwords:
    """Makes and checks hashes; each tells its own cost, so that a later version may ask for more.

    The cost is that of OWASP's Password Storage Cheat Sheet for argon2id (2024): 19 MiB, two passes, one thread.

    Args:
        kib, passes: memory in KiB and passes over it; tests take less.
    """

    def __init__(self, kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=kib, parallelism=1)
        self._nobodys = self._hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def fits(self, password: str, kept: str) -> bool:
        """Whether it's the one; takes as long where nothing is kept, so that time tells nobody who is known here."""
        try:
            return self._hasher.verify(kept or self._nobodys, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    def is_old(self, kept: str) -> bool:
        """Whether a hash was made for less than is asked now."""
        return self._hasher.check_needs_rehash(kept)
