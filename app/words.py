"""The words of the interface: Chinese in the source, other languages from gettext catalogues."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# The languages of the interface by code, as their readers call them: docs/LANGUAGES.md.
SOURCE = "zh"
LANGUAGES = {SOURCE: "中文", "en": "English"}
TAGS = {SOURCE: "zh-CN"}  # what a browser is told, where it is not the code


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language, compiled from its .po file; Chinese needs none."""
    path = resources.files("app") / "locale" / language / "LC_MESSAGES/messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(path.read_bytes())))
    compiled.seek(0)
    return GNUTranslations(compiled)
