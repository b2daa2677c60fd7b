"""Foreign text made visible and harmless: names, texts and links that adversaries wrote, ready for a screen, a sheet or a file."""

import re
import unicodedata

# Blank or ignorable to the eye although Unicode files them under letters, marks, symbols or spaces (DerivedCoreProperties
# "Default_Ignorable_Code_Point", and the spaces too narrow or too odd to be told from nothing).
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0"
    "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f"
)
_UNSEEN_RANGES = ((0xFE00, 0xFE0F), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))
_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_EMOJI_STYLE = "\ufe0f"  # asks for the coloured form of the symbol before it; kept there, shown as an escape elsewhere
_MOST_MARKS = 4  # combining marks on one letter that living scripts need; more of them paint over the lines around

_SCHEME = re.compile(r"h(?:tt|xx)p(s?)(?=:)", re.IGNORECASE)
_FTP = re.compile(r"ftp(?=://)", re.IGNORECASE)
_DOT = re.compile(
    r"(?<!\[)[.\u3002\uff0e\uff61](?!\])"
)  # browsers read the ideographic and fullwidth dots as dots, too
_HOST = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:[/\\]{2,})?(?P<host>[^/\\?#]*)(?P<rest>.*)", re.DOTALL)
_LINKS = re.compile(
    r"[a-z][a-z0-9+.-]*:[/\\]{2}[^\s<>\"]+"  # with a scheme
    r"|www[.\u3002\uff0e\uff61][^\s<>\"]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an address of a mailbox
    r"|(?<![\w@/.])[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}/[^\s<>\"]*",  # a host followed by a path
    re.IGNORECASE,
)

_SPECIAL = re.compile(r"[\\`*_\[\](){}#|~$!:]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BLOCK_START = re.compile(r"^([-+=]|\d+(?=[.)]))")
# Streamlit replaces `:smile:`, `:material_x:` and `:streamlit:` in the text that is left after the escapes were read, so
# that a backslash does not help. Colons stay in clock times, before `//` and before a blank; others become U+2236.
_COLON = re.compile(r":(?!//|\s)(?!(?<=\d:)\d\d(?!\d))")
_RATIO = "\u2236"

_FORMULA_STARTS = frozenset("=+-@\t\r\n")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def show_text(text: object, limit: int = 300) -> str:
    """One line, at most `limit` characters, in which every character can be seen; None gives "".

    Newlines become ⏎; control, format, bidi and other unseen characters and lone surrogates become ⟨U+200B⟩. What is
    longer is cut and ends in "…", never inside an escape. Plain text: for Markdown take `show_markdown`.
    """
    limit = max(limit, 0)
    given = _as_text(text, limit)
    if given.isascii() and given.isprintable() and len(given) <= limit:
        return given
    shown: list[str] = []
    length = 0
    for piece in _visible(given):
        shown.append(piece)
        length += len(piece)
        if length > limit:
            return _cut(shown, limit)
    return "".join(shown)


def show_markdown(text: object, limit: int = 300) -> str:
    """`show_text` for a place that reads Markdown (Streamlit's included): nothing in it has a meaning, links are defanged.

    `limit` counts before escaping. A colon that could open `:red[`, `:smile:` or `:material/x:` is drawn as ∶ (U+2236).
    """
    shown = show_text(text, limit)
    body = shown.lstrip(" ")
    defanged = _LINKS.sub(lambda found: defang(found[0]), _SCHEME.sub(_safe_scheme, body))
    plain = _COLON.sub(_RATIO, defanged)
    escaped = _SPECIAL.sub(lambda found: "\\" + found[0], plain)
    for sign, entity in _ENTITIES.items():
        escaped = escaped.replace(sign, entity)
    escaped = _BLOCK_START.sub(lambda found: found[1] + "\\" if found[1].isdigit() else "\\" + found[1], escaped)
    # Four leading blanks would open a code block, in which escapes are shown instead of obeyed.
    return "\u00a0" * (len(shown) - len(body)) + escaped


def defang(url: str) -> str:
    """`https://ex.org/a.b` as `hxxps://ex[.]org/a.b`: to be read, not followed. Defanging twice changes nothing."""
    scheme, host, rest = _parts(url)
    return _FTP.sub("fxp", _SCHEME.sub(_safe_scheme, scheme)) + _DOT.sub("[.]", host) + _SCHEME.sub(_safe_scheme, rest)


def spreadsheet_cell(text: object) -> str:
    """The text as a cell that no spreadsheet takes for a formula: `'` before = + - @, tab and line ends, wide forms too."""
    cell = _SURROGATE.sub("\ufffd", "" if text is None else str(text))
    for first in (cell[:1], cell.lstrip()[:1]):
        if first and unicodedata.normalize("NFKC", first)[0] in _FORMULA_STARTS:
            return "'" + cell
    return cell


def xml_text(text: object) -> str:
    """The text with every character that XML 1.0 (section 2.2) does not allow replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", "" if text is None else str(text))


def _as_text(text: object, limit: int) -> str:
    if text is None:
        return ""
    given = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else str(text)
    return given[: 2 * limit + 2]  # two characters (CR LF) at most become one, so nothing that could be shown is lost


def _visible(text: str) -> list[str]:
    pieces: list[str] = []
    marks = 0
    for sign in text.replace("\r\n", "\n"):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if sign == "\n":
            pieces.append("⏎")
        elif sign == _EMOJI_STYLE and pieces and pieces[-1] != "⏎" and _is_symbol(pieces[-1]):
            pieces.append(sign)
        elif marks > _MOST_MARKS or _is_unseen(sign, kind):
            pieces.append(f"⟨U+{ord(sign):04X}⟩")
        else:
            pieces.append(sign)
    return pieces


def _is_symbol(piece: str) -> bool:
    return len(piece) == 1 and unicodedata.category(piece) == "So"


def _is_unseen(sign: str, kind: str) -> bool:
    if sign.isascii():
        return kind == "Cc"
    point = ord(sign)
    is_noncharacter = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    in_range = any(low <= point <= high for low, high in _UNSEEN_RANGES)
    return kind in _UNSEEN_KINDS or sign in _UNSEEN or is_noncharacter or in_range


def _cut(pieces: list[str], limit: int) -> str:
    length = sum(map(len, pieces))
    while pieces and length > limit - 1:
        length -= len(pieces.pop())
    return "".join(pieces) + "…" if limit else ""


def _parts(url: str) -> tuple[str, str, str]:
    found = _HOST.match(url)
    if found is None:  # pragma: no cover - every part of the pattern may be empty
        return "", url, ""
    return found["scheme"] or "", found["host"], found["rest"]


def _safe_scheme(found: re.Match[str]) -> str:
    return "hxxp" + found[1].lower()
