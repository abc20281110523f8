"""The fictional brands of the sample edition, and what each of them does.

Every name is invented, every address ends in ``.example``, which belongs to nobody
(RFC 2606). What a brand does in a quarter depends on its name and on that quarter
alone, so a sample made later tells the same history.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model import DAY, FoundBy, Kind, Step
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from scoring.worlds import Habit, Kinds, Outage, Speed

SEED = 20261121
"""Of every random stream of the sample. Another seed is another history."""


FEW_DAYS = "few days decide"
LOW_COVERAGE = "seen too little of the time"
ANSWERED_ONLY = "known only by what it answered"


class Trade(NamedTuple):
    """An industry, and the posts its brands publish for each reply they give."""

    slug: str
    name: str
    nace: str
    posts_per_reply: float


STEPS = (Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE, Step.UNJUDGED)
REPLIES = (2.0, 3.0, 6.0, 0.3)
"""How common answers on these steps are, and how much brands differ in it: the
parameters of the distribution that each draws its own mix from."""


TEXTS = 3
"""That a brand sends again and again, of answers and of requests to go on in private
each."""


class Fiction(NamedTuple):
    """One fictional brand."""

    industry: str
    name: str
    asked: int  # messages on its social channels in a quarter
    answers: float  # share of them answered at all
    pace: str  # a key of PACES
    channels: str  # letters of CHANNELS
    special: str = ""  # FEW_DAYS, LOW_COVERAGE or ANSWERED_ONLY

    @property
    def slug(self) -> str:
        plain = "".join(c if c.isalnum() else " " for c in self.name.lower())
        return "-".join(plain.split())


class Quarter(NamedTuple):
    """A calendar quarter, as days since the epoch."""

    days: range


TRADES = (
    Trade("airlines", "Airlines", "H", 3.0),
    Trade("banks", "Banks", "K", 3.4),
    Trade("broadband", "Broadband and mobile", "J", 1.8),
    Trade("energy-water", "Energy and water", "D", 1.4),
    Trade("hotels", "Hotels", "I", 4.4),
    Trade("media", "Media", "J", 8.4),
    Trade("parcels", "Parcels", "H", 1.7),
    Trade("real-estate", "Real estate", "L", 11.7),
    Trade("shops", "Shops", "G", 2.0),
    Trade("software", "Software", "J", 2.6),
)
"""Posts per reply where the Sprout Social Index names the trade: utilities 1.4, retail
2, media 8.4, real estate 11.7. The others are made up."""

PACES = {
    "quick": (Speed(0.60, 1_500), Speed(0.30, 10_000), Speed(0.10, 100_000)),
    "day": (Speed(0.15, 2_400), Speed(0.60, 20_000), Speed(0.25, 90_000)),
    "slow": (Speed(0.05, 3_600), Speed(0.35, 50_000), Speed(0.60, 140_000)),
    "mixed": (Speed(0.40, 1_200), Speed(0.60, 110_000)),
}

CHANNELS = {"b": "bluesky", "m": "mastodon", "d": "discourse", "g": "google_play"}

VOLUME = {"bluesky": 0.7, "mastodon": 0.3, "discourse": 0.25, "google_play": 0.3}
"""Messages on a channel, as a share of what the brand gets on social channels."""

FICTIONS = (
    Fiction("airlines", "Skylarrow Air", 1900, 0.71, "quick", "bmg"),
    Fiction("airlines", "Ostrelle Airways", 1000, 0.44, "day", "bmg"),
    Fiction("airlines", "Pelagiair", 620, 0.12, "slow", "bg"),
    Fiction("airlines", "Tarnwing", 900, 0.31, "day", "b"),
    Fiction("airlines", "Velloria Air", 340, 0.83, "mixed", "bm"),
    Fiction("airlines", "Zephandry", 24, 0.50, "day", "b"),
    Fiction("banks", "Bank of Quillmoor", 900, 0.52, "day", "bg"),
    Fiction("banks", "Fennimarch Bank", 760, 0.38, "slow", "bmg"),
    Fiction("banks", "Osterglen Savings", 260, 0.66, "day", "b"),
    Fiction("banks", "Larkspire Bank", 430, 0.22, "day", "bg"),
    Fiction("banks", "Halverdine", 180, 0.91, "quick", "bm"),
    Fiction("banks", "Copperlatch", 520, 0.57, "mixed", "g"),
    Fiction("broadband", "Brumetel", 2200, 0.35, "day", "bmdg"),
    Fiction("broadband", "Fibrenook", 800, 0.64, "quick", "bd"),
    Fiction("broadband", "Lumaquill", 800, 0.18, "slow", "b"),
    Fiction("broadband", "Nettlewave", 480, 0.77, "day", "bmd"),
    Fiction("broadband", "Toqua Mobile", 1200, 0.49, "mixed", "bg"),
    Fiction("broadband", "Wiremarrow", 210, 0.09, "slow", "bd"),
    Fiction("energy-water", "Aquafern Water", 380, 0.58, "day", "b"),
    Fiction("energy-water", "Brightmoss Energy", 850, 0.69, "quick", "bm"),
    Fiction("energy-water", "Dunmarrow Power", 540, 0.27, "slow", "bg"),
    Fiction("energy-water", "Glimwater", 200, 0.55, "day", "b", FEW_DAYS),
    Fiction("energy-water", "Voltquay", 890, 0.41, "day", "bmd"),
    Fiction("energy-water", "Wattlewick", 150, 0.86, "quick", "b"),
    Fiction("hotels", "Alderhush Hotels", 460, 0.73, "day", "bg"),
    Fiction("hotels", "Casa Brindle", 120, 0.81, "quick", "bm"),
    Fiction("hotels", "Moonpillow Inns", 690, 0.46, "day", "bg"),
    Fiction("hotels", "Oddharbour Stays", 970, 0.19, "slow", "b"),
    Fiction("hotels", "Quietwick Lodges", 75, 0.62, "day", "b"),
    Fiction("hotels", "Villa Tamarisque", 31, 0.70, "quick", "m"),
    Fiction("media", "The Evenfall Post", 1300, 0.05, "slow", "bm"),
    Fiction("media", "Channel Ninefold", 700, 0.08, "day", "bg"),
    Fiction("media", "Inkwhistle", 330, 0.24, "day", "bm"),
    Fiction("media", "Larkfold Radio", 280, 0.17, "mixed", "b"),
    Fiction("media", "Murmurvane", 640, 0.0, "day", "b"),
    Fiction("media", "Tidewick News", 510, 0.13, "day", "m", LOW_COVERAGE),
    Fiction("parcels", "Bundlehop", 1600, 0.47, "mixed", "bg"),
    Fiction("parcels", "Dashwren", 1000, 0.60, "quick", "bg"),
    Fiction("parcels", "Parcelmoss", 840, 0.33, "day", "b"),
    Fiction("parcels", "Quickstilt", 390, 0.15, "slow", "b"),
    Fiction("parcels", "Sendlarch", 610, 0.54, "day", "bm"),
    Fiction("parcels", "Tumbleroute", 260, 0.75, "quick", "b", ANSWERED_ONLY),
    Fiction("real-estate", "Doorhollow", 170, 0.11, "slow", "b"),
    Fiction("real-estate", "Hearthfinch", 240, 0.36, "day", "bg"),
    Fiction("real-estate", "Keywillow", 110, 0.28, "slow", "b"),
    Fiction("real-estate", "Nestorrel", 90, 0.53, "day", "b"),
    Fiction("real-estate", "Roofquill", 14, 0.40, "day", "b"),
    Fiction("real-estate", "Lettingrove", 310, 0.20, "slow", "bm"),
    Fiction("shops", "Button & Thrush", 720, 0.67, "quick", "bm"),
    Fiction("shops", "Fablemarrow", 1100, 0.51, "day", "bg"),
    Fiction("shops", "Marrowgreen Grocers", 1500, 0.76, "quick", "bmg"),
    Fiction("shops", "Oddsock & Ember", 190, 0.88, "mixed", "bm"),
    Fiction("shops", "Pippinry", 440, 0.42, "day", "b"),
    Fiction("shops", "Wickerbarrow", 560, 0.29, "slow", "bg"),
    Fiction("software", "Cloudbramble", 880, 0.56, "mixed", "bmd"),
    Fiction("software", "Formwhistle", 300, 0.79, "quick", "bd"),
    Fiction("software", "Lanternotes", 220, 0.63, "day", "mdg"),
    Fiction("software", "Pixelthatch", 650, 0.37, "day", "bmdg"),
    Fiction("software", "Syncadoodle", 410, 0.25, "slow", "bd"),
    Fiction("software", "Taskthistle", 130, 0.85, "quick", "md"),
)


def registry() -> Registry:
    """The fictional brands, as a registry."""
    return Registry(
        industries=tuple(
            IndustryEntry(slug=each.slug, name=each.name, nace=each.nace)
            for each in TRADES
        ),
        brands=tuple(
            BrandEntry(slug=each.slug, name=each.name, industry=each.industry)
            for each in FICTIONS
        ),
        accounts=tuple(
            AccountEntry(
                brand=each.slug,
                channel=channel,
                account=account(each, channel),
                evidence="invented for the sample",
                confidence="high",
            )
            for each in FICTIONS
            for channel in channels(each)
        ),
    )


def channels(brand: Fiction) -> list[str]:
    return [CHANNELS[letter] for letter in brand.channels]


def account(brand: Fiction, channel: str) -> str:
    """The brand's account, in the shape of the channel's own."""
    return {
        "bluesky": f"{brand.slug}.example",
        "mastodon": f"{brand.slug}@social.example",
        "discourse": f"community.{brand.slug}.example",
        "google_play": f"example.{brand.slug.replace('-', '_')}.app",
    }[channel]


def quarters(now: int, how_many: int = 4) -> list[Quarter]:
    """The last complete quarters, oldest first, each at least ten days old at ``now``:
    by then every family's horizon has passed."""
    settled = datetime.fromtimestamp(now, UTC) - timedelta(days=10)
    number = settled.year * 4 + (settled.month - 1) // 3
    return [_quarter(n) for n in range(number - how_many, number)]


def _quarter(number: int) -> Quarter:
    """A quarter by its number: four times the year, plus 0 to 3."""
    start, stop = (
        int(datetime(n // 4, n % 4 * 3 + 1, 1, tzinfo=UTC).timestamp()) // DAY
        for n in (number, number + 1)
    )
    return Quarter(range(start, stop))


def seed(brand: Fiction, channel: str, quarter: Quarter) -> tuple[int, ...]:
    """Of the stream from which this part of the sample is drawn."""
    return (
        SEED,
        crc32(brand.slug.encode()),
        crc32(channel.encode()),
        quarter.days.start,
    )


def steps(brand: Fiction, inquiries: pl.DataFrame, seed: tuple[int, ...]) -> pl.Series:
    """Steps of the answers, each brand's in a mix of its own; NONE where there is none.

    Drawn beside the rest, of which nothing hangs on them.
    """
    own = np.random.default_rng((SEED, crc32(brand.slug.encode()), 3))
    mix = own.dirichlet(REPLIES)
    told = np.random.default_rng((*seed, 3)).choice(STEPS, len(inquiries), p=mix)
    answered = inquiries["answered_at"].is_not_null().to_numpy()
    return pl.Series("step", np.where(answered, told, Step.NONE), dtype=pl.Int8)


class Wording(NamedTuple):
    """How a brand writes its answers: the truth of the sample."""

    by_name: float  # share that call the person by name, of those whose words are read
    repeats: float  # share of its requests to go on in private that are near-copies
    texts: NDArray[np.int64]  # fingerprints of what it repeats: answers, then requests


def wording(brand: Fiction) -> Wording:
    own = np.random.default_rng((SEED, crc32(brand.slug.encode()), 4))
    by_name, repeats = own.beta(2, 2), own.beta(4, 2)
    texts = own.integers(-(2**63), 2**63, (2, TEXTS), dtype=np.int64)
    return Wording(by_name, repeats, texts)


def replies(
    brand: Fiction, inquiries: pl.DataFrame, seed: tuple[int, ...]
) -> pl.DataFrame:
    """What stays of the words of answers that could be judged: as RESPONDED, without
    account. Drawn beside the rest, of which nothing hangs on them.

    What is canned has one of the brand's own fingerprints, and so has a part of the
    requests to go on in private, which is the brand's own too.
    """
    own = wording(brand)
    answers = inquiries.filter(pl.col("answered_at").is_not_null())
    size, step = len(answers), answers["step"].to_numpy()
    rng = np.random.default_rng((*seed, 4))
    named, lot, text = rng.random(size), rng.random(size), rng.integers(0, TEXTS, size)
    mark = rng.integers(-(2**63), 2**63, size, dtype=np.int64)
    moved = step == Step.REDIRECT
    mark = np.where(step == Step.CANNED, own.texts[0, text], mark)
    mark = np.where(moved & (lot < own.repeats), own.texts[1, text], mark)
    told = answers.select(
        pl.col("key").alias("message"),
        "key",
        pl.col("answered_at").alias("responded_at"),
        "step",
        pl.Series("fingerprint", mark),
        pl.Series("personal", named < own.by_name).cast(pl.Int8),
    )
    return told.filter(pl.col("step") != Step.UNJUDGED)


def habit(brand: Fiction, channel: str, quarter: Quarter) -> Habit:
    """What the brand does on a channel in a quarter: the truth of the sample."""
    rng = np.random.default_rng((SEED, crc32(brand.slug.encode())))
    asked = brand.asked * _part(brand, channel)
    answers = _answers(rng, brand, quarter)
    weekend_wait, day_effect, author_effect = rng.random(3)
    usual = Habit(
        per_day=asked / 91.3,
        kinds=(Kinds(Kind.UNSAID, 1, answers),),
        speeds=PACES[brand.pace],
        weekend=0.55,
        weekend_wait=1 + weekend_wait,
        day_effect=0.1 * day_effect,
        author_effect=0.4 * author_effect,
        again=0.15,
        deleted=0.02,
        crowded=0.004,
        automatic=0.1 if brand.pace == "quick" else 0.0,
        outages=_outages(rng, asked, quarter),
    )
    return _special(_family(usual, channel, answers), brand, quarter)


def _answers(rng: np.random.Generator, brand: Fiction, quarter: Quarter) -> float:
    """The share answered: a slow wave over the years around the brand's own level."""
    length, phase, height = rng.uniform(5, 14), rng.uniform(0, 6.3), rng.uniform(0, 0.1)
    if brand.answers == 0:
        return 0.0
    turn = np.sin(2 * np.pi * quarter.days.start / (91.3 * length) + phase)
    return float(np.clip(brand.answers + height * turn, 0.01, 0.97))


def _part(brand: Fiction, channel: str) -> float:
    """The channel's part of ``asked``; a brand's only social channel has it all."""
    social = {"bluesky", "mastodon"}
    alone = len(social & set(channels(brand))) == 1
    return 1.0 if alone and channel in social else VOLUME[channel]


def _outages(
    rng: np.random.Generator, asked: float, quarter: Quarter
) -> tuple[Outage, ...]:
    """Where many write, in two of three quarters: a day or two on which a fifteenth of
    the quarter's messages come on top, about one thing."""
    this = np.random.default_rng((int(rng.integers(2**31)), quarter.days.start))
    first = int(this.integers(quarter.days.start, quarter.days.stop - 3))
    length = int(this.integers(1, 3))
    if asked < 300 or this.random() < 1 / 3:
        return ()
    return (Outage(first, length, asked / 15),)


def _family(usual: Habit, channel: str, answers: float) -> Habit:
    """Reviews and support threads say what they are, and are answered more slowly."""
    if channel not in ("google_play", "discourse"):
        return usual
    habit = replace(
        usual,
        speeds=tuple(Speed(each.share, 2.5 * each.median) for each in usual.speeds),
        found_by=FoundBy.LIST,
        automatic=0.0,
        crowded=0.0,
    )
    if channel == "discourse":
        question = Kinds(Kind.QUESTION, 0.63, min(0.97, 1.2 * answers))
        kinds = (question, Kinds(Kind.COMPLAINT, 0.37, answers))
        return replace(habit, kinds=kinds, again=0.3)
    complaint = Kinds(Kind.COMPLAINT, 0.48, answers)
    praise = Kinds(Kind.COMPLIMENT, 0.41, 0.4 * answers)
    return replace(
        habit, kinds=(complaint, praise, Kinds(Kind.OTHER, 0.11, 0.7 * answers))
    )


def _special(habit: Habit, brand: Fiction, quarter: Quarter) -> Habit:
    if brand.special == ANSWERED_ONLY:
        return replace(habit, found_by=FoundBy.REPLY)
    if brand.special == FEW_DAYS:
        days = (quarter.days.start + after for after in (9, 40, 71))
        rush = tuple(Outage(day, 1, brand.asked / 3) for day in days)
        return replace(habit, per_day=0.05, outages=rush)
    return habit


def posts_per_reply(brand: Fiction) -> float:
    return next(t.posts_per_reply for t in TRADES if t.slug == brand.industry)
