"""What the API reads."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class FlatEnough(JSONParser):
    """JSON; one that is nested deeper than Python follows is malformed, and no error of the program."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError("It is nested too deeply.") from error
