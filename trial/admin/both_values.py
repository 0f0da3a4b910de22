"""Two people change the same form: the second sees both values and chooses, item by item (docs/decisions/0041)."""

from typing import Any, NamedTuple

from django import forms

CHOICE, DIFFERS = "choice__", "differs"
MINE, STORED = "mine", "stored"
NOTHING_SAID = "–"
CHOOSE = "“{label}”: choose which value stands."


class Difference(NamedTuple):
    """An item for which the page says something else than what is stored by now; names are those of the page's inputs."""

    label: str
    mine: str
    stored: str
    item: str
    marker: str
    choice: str


class ShowsBothValues:
    """For a form on a page. It is read anew with what the person chose; nothing that was stored is overwritten unchosen."""

    differences: list[Difference]
    undecided: list[str]

    def read_choices(self) -> None:
        """Where the stored value was chosen, the page is read as if that had been typed."""
        self.differences, self.undecided = [], []
        if not self.is_bound or not self.instance.pk or not hasattr(self.data, "getlist"):
            return
        names = [
            name for name in self.data.getlist(self.add_prefix(DIFFERS)) if name in self.fields
        ]
        self.data = self.data.copy() if names else self.data
        for name in names:
            chosen = self.data.get(self.add_prefix(CHOICE + name))
            if chosen == STORED:
                self.data.setlist(self.add_prefix(name), self._typed(name))
            elif chosen != MINE:
                self.undecided.append(name)

    def show_both(self, names: list[str]) -> None:
        """Ask for a choice, on a page that has by then seen the stored values."""
        self.differences = [
            Difference(
                str(self[name].label), self._said(name, self.cleaned_data.get(name)), self._said(name, self._stored(name)), name,
                self.add_prefix(DIFFERS), self.add_prefix(CHOICE + name),
            )
            for name in names
        ]  # fmt: skip
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = str(self.instance.version)

    def _stored(self, name: str) -> Any:
        return self.fields[name].prepare_value(self.get_initial_for_field(self.fields[name], name))

    def _typed(self, name: str) -> list[str]:
        widget = self.fields[name].widget
        written = widget.format_value(self._stored(name))
        values = [
            str(one)
            for one in (written if isinstance(written, list | tuple) else [written])
            if one not in (None, "", False)
        ]
        return (
            values
            if isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput)
            else values or [""]
        )

    def _said(self, name: str, value: Any) -> str:
        if value in (None, "", [], False):
            return NOTHING_SAID
        names = {str(code): str(label) for code, label in getattr(self.fields[name], "choices", ())}
        values = value if isinstance(value, list | tuple) else [getattr(value, "pk", value)]
        return (
            "yes" if value is True else ", ".join(names.get(str(one), str(one)) for one in values)
        )
