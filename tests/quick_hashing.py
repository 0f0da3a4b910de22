"""Password hashing for tests: the product's, at its smallest cost, as Django recommends. Hundreds of tests log somebody in."""

from trial.accounts.passwords import Argon2id


class QuickArgon2id(Argon2id):
    memory_cost = 8  # KiB, the smallest there is
    time_cost = 1
