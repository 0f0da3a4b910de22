"""The texts of every table go through gettext, whoever wrote them: the one place that sees to it.

A form file writes labels, units, names of codes and its title as plain text. When its class is
prepared, each is made a text that is translated when it is shown. Migrations compare equal.
"""

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy


def pass_texts_to_gettext(sender: type[models.Model], **kwargs: Any) -> None:
    """Make the texts of a table and its columns translatable; those of a migration stay."""
    options = sender._meta
    if options.apps is not apps:
        return
    options.verbose_name = _lazily(options.verbose_name)
    options.verbose_name_plural = _lazily(options.verbose_name_plural)
    for field in options.local_fields:
        field.verbose_name = _lazily(field.verbose_name)
        field.help_text = _lazily(field.help_text)
        coded = field.base_field if isinstance(field, ArrayField) else field
        if coded.choices:
            coded.choices = [(code, _lazily(name)) for code, name in coded.flatchoices]


# A text is a string, or one that Django translates already: the stubs have no name for both.
def _lazily(text: Any) -> Any:
    return gettext_lazy(text) if text and isinstance(text, str) else text
