"""What the components of ``templates/components`` take. Values, already in words.

Geometry is here too, because templates do no arithmetic: shares of a drawing's width
run from 0 to 100.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A form that only changes the address, and a sentence of what is chosen."""

    action: str
    selects: tuple[Select, ...]
    sort: str  # '' the usual order
    chosen: str
    clear: Link | None  # None: nothing is filtered


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The range of ranks that the data allow."""

    range: str  # "3rd to 9th"
    ranked: str  # "41"
    words: str  # "3rd to 9th of 41"
    third: str  # surely in the "upper third"; '' in no third surely
    left: float  # of the drawing, 0 to 100
    width: float
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score with its 95 % interval, in words and on a scale of 0 to 100."""

    text: str
    interval: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """People of the hundred with the same luck, one of four tones."""

    tone: int  # 1 dark (quickest) to 4 pale (no answer in time)
    people: int
    left: int
    label: str  # "within an hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hundred:
    """A hundred people. ``says`` is the whole picture as one sentence."""

    segments: tuple[Segment, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    tone: int
    x: int
    y: int
    unsure: bool  # within the interval of those answered at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of a hundred people, how many within a limit; never without its interval."""

    text: str  # "92"
    interval: str  # "90–94"
    limit: str  # "a day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One brand's line. Whatever is None is withheld, and ``status`` says why."""

    name: str
    url: str
    about: Link | None  # its industry; None on the industry's own page
    place: Place | None
    short_status: str  # '' when ranked
    status: str  # a sentence; '' when ranked
    score: Score | None
    hundred: Hundred | None
    in_time: Share | None
    wait: str
    wait_note: str
    inquiries: str
    people: str  # "from 1,102 people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column. ``url`` sorts by it; ``sorted`` is an aria-sort value or ''."""

    name: str
    label: str
    url: str
    sorted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a table of figures means: its tones, and the ranges beside its figures."""

    tones: tuple[Segment, ...]
    ranges: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that belong together; ``title`` '' needs no line of its own."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    caption: str
    headings: tuple[Heading, ...]
    groups: tuple[Group, ...]
    key: Key | None  # None where there is nothing to colour
    empty: str  # what to say when there is no row


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    words: str  # "Brands 101 to 200 of 412"
    previous: str  # address, or ''
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    value: str
    note: str
    place: Place | None = None  # drawn below when given
    score: Score | None = None
    about: Link | None = None  # where it is explained


FITTING = 3
"""Narrow columns that fit on a phone 360 pixels wide, whatever stands in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    text: str
    number: bool = False
    url: str = ""
    note: str = ""
    code: bool = False  # what programs write: the same in every language
    quotes: bool = False  # programs said it: what it quotes is in English


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A plain table. The first cell of a row names the row."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    narrow: bool = False  # few short columns: stays a table on a phone

    @property
    def moves(self) -> bool:
        """Whether it may be wider than a phone, so that it has to be moved sideways."""
        return self.narrow and len(self.headings) > FITTING


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    people: int
    words: str
    tone: int
    y: int  # top, in pixels
    width: float  # 0 to 100 of the longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is written around a chart, and around its picture that is taken away."""

    name: str
    of: str  # what is drawn
    unit: str  # of its figures
    n: str  # of how many, in words
    note: str = ""  # what its marks mean beyond that, as sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing for everybody and the figure that Plotly makes of the same data."""

    id: str
    says: str  # for those who cannot see it
    bars: tuple[Bar, ...]
    height: int
    cite: str
    figure: str  # JSON
    script: str  # address of Plotly
    table: Table
    caption: Caption
    takes: tuple[Link, ...] = ()  # the same as a picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """``x`` and ``width`` of 0 to 100 of the drawing's width, the rest in pixels."""

    kind: ClassVar[str] = "rect"
    x: float
    y: float
    width: float
    height: float
    look: str  # class of the style sheet
    says: str = ""  # shown when pointed at


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Ends: x of 0 to 100, y in pixels."""

    kind: ClassVar[str] = "line"
    x1: float
    y1: float
    x2: float
    y2: float
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A circle; ``x`` of 0 to 100, the rest in pixels."""

    kind: ClassVar[str] = "spot"
    x: float
    y: float
    r: float
    look: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Text; ``x`` of 0 to 100, moved by ``dx`` pixels; ``y`` of its base line."""

    kind: ClassVar[str] = "words"
    x: float
    y: float
    text: str
    look: str = ""
    dx: float = 0.0
    anchor: str = "start"  # middle, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A line through points, or an area within them: "x,y x,y ..." with x of 0 to 100
    and y in pixels below ``y``, down to ``height``."""

    kind: ClassVar[str] = "path"
    y: float
    height: float
    points: str
    look: str
    filled: bool = False


Mark = Rect | Line | Spot | Words | Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing of marks for everybody, and the figure that Plotly makes of the same
    data. ``room`` is what is left and right of it: "axis" for figures on an axis,
    "names" for names of lines. See ``web.drawing``."""

    id: str
    says: str
    room: str
    height: int
    marks: tuple[Mark, ...]
    cite: str
    figure: str  # JSON; '' where no script draws it anew
    script: str
    caption: Caption
    takes: tuple[Link, ...] = ()  # the same as a picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Names under a label, such as the brands that one is surely above."""

    label: str
    links: tuple[Link, ...]
    none: str  # said where there is no name
    folded: bool = False  # behind a line to open


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a page with a heading of its own: what a detail of an edition says.

    A drawing without a table is refused: whoever cannot see it reads the table.
    """

    id: str
    title: str
    text: tuple[str, ...] = ()
    lists: tuple[Links, ...] = ()
    drawing: Drawing | None = None
    table: Table | None = None
    folded: bool = False  # the table is behind a line to open
    behind: bool = False  # all of it is behind its heading, to be opened
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        if self.drawing is not None and self.table is None:
            raise ValueError(f"the drawing {self.drawing.id} has no table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Where to write, as far as it can be known."""

    lead: str
    rest: str
