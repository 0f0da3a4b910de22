"""Ask from inside the container whether the site answers: `python -m trial.server.healthcheck URL`,
exit code 0 if so.
"""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 4


def answers(url: str) -> bool:
    """Return whether the address answers with status 200, asked under the first of the site's own
    host names.
    """
    host = os.environ.get("CASEBOOK_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(
            urllib.request.Request(url, headers={"Host": host}), timeout=TIMEOUT_S
        ) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
