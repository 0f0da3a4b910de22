"""A program that writes records until it is killed; tests/trial/audit/test_kill_writes.py runs it and kills it.

It forks a writer for each line that it reads, so that only one process has to be started. A writer says on standard output what it has
done: its process id, then `w` after each write before the commit, `c` after each commit. Nothing but psycopg: no Django, no ORM.
"""

import os
import sys

import psycopg

COPY = "insert into {0} ({1}, version) select {1}, 1 from {0} where id = {2}"
"""One more panel like the first."""


def write(address, by, panel, columns):
    with psycopg.connect(address) as connection:
        say(f"{os.getpid()}\n")
        while True:
            with connection.transaction():
                connection.execute("select set_config('casebook.user', %s, true), set_config('casebook.reason', 'Drawn again', true)", [by])
                connection.execute(f"update crf_laboratorypanel set specimen = gen_random_uuid() where id = {panel}")
                connection.execute(COPY.format("crf_laboratorypanel", columns, panel))
                say("w")
            say("c")


def say(text):
    os.write(1, text.encode())


if __name__ == "__main__":
    for _ in sys.stdin:
        writer = os.fork()
        if writer == 0:
            write(*sys.argv[1:])
        os.waitpid(writer, 0)
        say("\n")
