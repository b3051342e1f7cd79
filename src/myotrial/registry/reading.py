"""Read a registry record from a file or a text, in whichever of the known forms it is."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from myotrial.model.errors import BadInput, Fault
from myotrial.registry import who_portal
from myotrial.registry.form import Form
from myotrial.registry.record import TrialRecord

FORMS: tuple[Form, ...] = (who_portal.FORM,)
"""The forms that can be read; the first that recognises a text reads it."""

_SHOWN = 60


def read_record(source: str | Path) -> TrialRecord:
    """Read the registry record in a file.

    Parameters
    ----------
    source
        The file. The form is recognised from its content, not from its name. For a text that is already in
        hand see :func:`read_record_text`.

    Returns
    -------
    TrialRecord
        With every "=" that the WHO export made of "≥" or "≤" listed in ``lost_comparators``, and with
        everything that no field took in ``unread``.

    Raises
    ------
    BadInput
        The file cannot be read, is empty or binary, or is in no known form.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> lines = ["Main ID: X-1", "Prospective Registration: Yes", "Date of first enrolment: March 2006"]
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "x1.txt"
    ...     _ = file.write_text(chr(10).join(lines))
    ...     record = read_record(file)
    >>> record.main_id, str(record.date_first_enrolment), record.cut_off
    ('X-1', '2006-03', True)
    """
    file = str(source)
    text, note = _decode(_bytes(Path(source), file), file)
    record = read_record_text(text, file=file)
    return record.model_copy(update={"notes": (note, *record.notes)}) if note else record


def read_record_text(text: str, *, file: str | None = None) -> TrialRecord:
    """Read a registry record from its text.

    Parameters
    ----------
    text
        The whole record.
    file
        The name to give in messages.

    Returns
    -------
    TrialRecord
        As :func:`read_record` returns it.

    Raises
    ------
    BadInput
        The text is empty or in no known form.

    Examples
    --------
    >>> read_record_text("Main ID: X-1; Secondary ID(s): none")
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    this is not a registry record in a form that is known
    ...
    """
    if not text.strip():
        raise _bad("empty", "there is nothing in it", file, hint="save the whole page, not only its address")
    for form in FORMS:
        if form.recognises(text):
            return form.read(text)
    first = next(line.strip() for line in text.splitlines() if line.strip())
    raise _bad(
        "unknown_form",
        "this is not a registry record in a form that is known",
        file,
        got=f"a text that begins {first[:_SHOWN]!r}",
        hint=_hint(first),
    )


def _bytes(path: Path, file: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        hint = "to read a text that is already in hand use read_record_text" if "\n" in file else None
        raise _bad("not_found", "there is no such file", _short(file), hint=hint) from None
    except IsADirectoryError:
        raise _bad("is_a_folder", "this is a folder", file, hint="name one file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _bad("unreadable", f"the file cannot be read: {reason}", _short(file)) from None


def _decode(data: bytes, file: str) -> tuple[str, str | None]:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), "the file is UTF-16"
    if b"\0" in data or data.startswith(b"%PDF"):
        kind = "a PDF file" if data.startswith(b"%PDF") else "a binary file"
        raise _bad("binary", f"this is {kind}, not text", file, hint="save the page as text")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        note = "the file is not UTF-8; it was read as Latin-1 (Windows-1252), so some characters may be wrong"
    try:
        return data.decode("cp1252"), note
    except UnicodeDecodeError:
        return data.decode("latin-1"), note


def _hint(first: str) -> str | None:
    if first.lower().startswith(("<!doctype html", "<html")):
        return "save the page as text, not as HTML"
    if first.startswith(("{", "[", "<")):
        return "download the page of the trial as text; JSON and XML are not read"
    return None


def _bad(code: str, message: str, file: str | None, got: str | None = None, hint: str | None = None) -> BadInput:
    expected = "the text of a " + " or a ".join(form.title for form in FORMS)
    return BadInput([Fault(code, message, file=file, got=got, expected=expected, hint=hint)])


def _short(file: str) -> str:
    first = file.splitlines()[0] if file.strip() else file
    return first if len(first) <= _SHOWN and first == file else f"{first[:_SHOWN]}…"
