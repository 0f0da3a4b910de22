"""Calls at the same time, each in a thread and a connection of its own."""

from threading import Thread

from django.db import connection

LONGEST_S = 20


def begun(*calls):
    """Begin the calls. Return their threads, and the list that takes up what they raise."""
    raised = []

    def run(call):
        try:
            call()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    return threads, raised


def in_parallel(*calls):
    """Make the calls and wait for all of them. Return what they raised."""
    threads, raised = begun(*calls)
    ended(threads)
    return raised


def ended(threads):
    """Wait until the threads have ended; fail where one is kept waiting by another."""
    for thread in threads:
        thread.join(LONGEST_S)
    assert not any(thread.is_alive() for thread in threads)
