"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id at OWASP's smallest setting. Django's own (100 MiB, 8 lanes) takes a third of a second of all cores, and lets
    four logins a second keep the whole machine busy; this one takes some 30 ms. Guessing is held off before a hash is made
    (settings.AXES_…)."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
