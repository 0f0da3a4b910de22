"""The choice between two values, item by item, of two people who change one form.

The decision behind it: docs/decisions/0041.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from trial.fields import fixed_point

CHOICE, DIFFERS = "choice__", "differs"
MINE, STORED = "mine", "stored"
NO_VALUE = "–"


class Difference(NamedTuple):
    """An item whose value on the page differs from the stored one.

    `item`, `marker` and `choice` are names of the page's inputs.
    """

    label: str
    mine: str
    stored: str
    item: str
    marker: str
    choice: str


# Values and fields of a form have any type, hence `Any`.
class ShowsBothValues(forms.ModelForm):
    """A form that takes the person's choices. It overwrites no stored value that nobody chose."""

    differences: list[Difference]
    undecided: list[str]

    def read_choices(self) -> None:
        """Replace what was typed by the stored value wherever the person chose the stored one."""
        self.differences, self.undecided = [], []
        if not self.is_bound or not self.instance.pk or not isinstance(self.data, QueryDict):
            return
        differing = self.data.getlist(self.add_prefix(DIFFERS))
        names = [name for name in differing if name in self.fields]
        if not names:
            return
        data = self.data.copy()
        for name in names:
            choice = data.get(self.add_prefix(CHOICE + name))
            if choice == STORED:
                data.setlist(self.add_prefix(name), self._inputs_of_stored(name))
            elif choice != MINE:
                self.undecided.append(name)
        self.data = data

    def show_both(self, names: list[str]) -> None:
        """Ask for a choice, on a page that counts the stored values as seen from now on."""
        self.differences = [self._difference(name) for name in names]
        data: Any = self.data
        data = data.copy()
        data[self.add_prefix("seen")] = str(self.instance.version)
        self.data = data

    def _difference(self, name: str) -> Difference:
        return Difference(
            label=str(self[name].label),
            mine=self._in_words(name, self.cleaned_data.get(name)),
            stored=self._in_words(name, self._stored(name)),
            item=name,
            marker=self.add_prefix(DIFFERS),
            choice=self.add_prefix(CHOICE + name),
        )

    def _stored(self, name: str) -> Any:
        field = self.fields[name]
        return field.prepare_value(self.get_initial_for_field(field, name))

    def _inputs_of_stored(self, name: str) -> list[str]:
        """Return what a browser would send for the stored value."""
        widget = self.fields[name].widget
        formatted = widget.format_value(self._stored(name))
        parts = formatted if isinstance(formatted, list | tuple) else [formatted]
        values = [str(part) for part in parts if not _is_empty(part)]
        if isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
            return values
        return values or [""]

    def _in_words(self, name: str, value: Any) -> str:
        """Return the value as people read it: names of codes, not codes."""
        if _is_empty(value):
            return NO_VALUE
        if value is True:
            return _("yes")
        names = {str(code): str(label) for code, label in getattr(self.fields[name], "choices", ())}
        if isinstance(value, Decimal):
            return fixed_point(value)
        parts = value if isinstance(value, list | tuple) else [getattr(value, "pk", value)]
        return ", ".join(names.get(str(part), str(part)) for part in parts)


def _is_empty(value: Any) -> bool:
    """Return whether a form has no value here. The number 0 is one."""
    return value is None or value is False or value in ("", [])
