"""Items by their names and by their labels: a person asks for “Weight”, a program for weight_kg."""

from collections.abc import Mapping

from trial.models import Entered, Missing, Record, Visit


def kept_models() -> list[type[Entered]]:
    """Return the visit, each form, and each group of rows."""
    models: list[type[Entered]] = [Visit]
    for form in Record.forms():
        models += [form, *form.groups()]
    return models


def names_of_item(text: str) -> set[str]:
    """Return the names of the items that a filter asks for, by name or by label.

    Letters may be large or small. A name that no form has any more stays as it is.
    """
    label = text.strip().casefold()
    names = {text.strip()}
    for model in kept_models():
        for item in model.item_names():
            if model.label_of(item).casefold() == label:
                names.add(item)
    return names


def missing_in_words(model: type[Entered], reasons: Mapping[str, str]) -> str:
    """Return why items have no value, by their labels: “Weight: Not done”."""
    words, names = dict(Missing.choices), set(model.item_names())
    return ", ".join(
        f"{model.label_of(item) if item in names else item}: {words.get(reason, reason)}"
        for item, reason in reasons.items()
    )
