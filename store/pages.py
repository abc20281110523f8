"""What the website reads: small, detached objects, one query each. No columns here,
so that a process which only serves pages never loads polars."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from model import (
    DAY,
    Account,
    Brand,
    ChannelRow,
    Coverage,
    Edition,
    EditionDetail,
    EditionRows,
    Filing,
    Industry,
    Run,
    Standing,
)
from store.base import Part, raw, unswept
from store.errors import UnknownEdition


class Past(NamedTuple):
    """A standing, and the edition it belongs to."""

    edition: Edition
    standing: Standing


class LastRuns(NamedTuple):
    """The latest runs of a channel. None: there was none."""

    ok: Run | None
    any: Run | None


class DayLooks(NamedTuple):
    """The looks at a channel that began on one UTC day."""

    looks: int
    troubled: int  # incomplete or failed
    problem: str  # what most of those said; '' none


class ChannelCoverage(NamedTuple):
    """Of what a channel's accounts should have been seen. ``share`` is 0 to 1."""

    accounts: int
    seconds: int
    share: float


class Listed(NamedTuple):
    """Of a standing, what tables are chosen, sorted and counted by. Ten thousand of
    them are read in a tenth of the time that as many whole ones take."""

    id: int
    family: str
    slug: str
    name: str
    industry: str  # slug
    status: str  # words.Status
    score: float | None
    inquiries: int
    share_t2: float | None
    median_wait_s: int | None


class BrandLine(NamedTuple):
    slug: str
    name: str
    industry: str  # slug
    country: str
    former_names: str  # separated by '; '


class Pages(Part):
    def editions(self, sample: bool | None = None) -> list[Edition]:
        """Newest first. ``sample``: only the fictional ones, or only the others."""
        query = select(Edition).order_by(
            col(Edition.day_to).desc(),
            col(Edition.made_at).desc(),
            col(Edition.id).desc(),  # of two made within one second
        )
        if sample is not None:
            query = query.where(col(Edition.sample) == sample)
        with self._database.reading() as session:
            return list(session.exec(query))

    def current_edition(self) -> Edition | None:
        """The newest that is not provisional; without one, the newest provisional.

        None while nothing has been published.
        """
        editions = self.editions()
        kept = [edition for edition in editions if not edition.provisional]
        return next(iter(kept or editions), None)

    def edition(self, name: str) -> Edition:
        """Raises UnknownEdition."""
        with self._database.reading() as session:
            found = session.exec(select(Edition).where(Edition.name == name)).first()
        if found is None:
            raise UnknownEdition(name)
        return found

    def standings(
        self,
        edition_id: int,
        level: str | None = None,
        *,
        slug: str | None = None,
        headline: bool | None = None,
    ) -> list[Standing]:
        """Lines of an edition, in the order in which they were published."""
        query = select(Standing).where(Standing.edition_id == edition_id)
        if level is not None:
            query = query.where(Standing.level == level)
        if slug is not None:
            query = query.where(Standing.slug == slug)
        if headline is not None:
            query = query.where(col(Standing.headline) == headline)
        with self._database.reading() as session, unswept():
            return list(session.exec(query.order_by(col(Standing.id))))

    def listed(self, edition_id: int, level: str) -> list[Listed]:
        """The headline lines of a level, in the order in which they were published."""
        query = (
            select(*(getattr(Standing, name) for name in Listed._fields))
            .where(Standing.edition_id == edition_id, Standing.level == level)
            .where(col(Standing.headline))
            .order_by(col(Standing.id))
        )
        with self._database.reading() as session, unswept():
            return list(map(Listed._make, raw(session).execute(query).all()))

    def standings_of(self, ids: Collection[int]) -> list[Standing]:
        """The lines of these ids, in the order in which they were published. For a
        page: databases do not take any number of ids."""
        query = select(Standing).where(col(Standing.id).in_(ids))
        with self._database.reading() as session:
            return list(session.exec(query.order_by(col(Standing.id))))

    def history(self, slug: str, level: str = "brand") -> list[Past]:
        """A brand's headline standings over the editions, oldest first."""
        query = (
            select(Edition, Standing)
            .where(Standing.edition_id == Edition.id)
            .where(Standing.level == level, Standing.slug == slug)
            .where(col(Standing.headline))
            .order_by(col(Edition.day_to), col(Edition.made_at), col(Standing.id))
        )
        with self._database.reading() as session:
            return [Past(*pair) for pair in session.exec(query)]

    def details(
        self, edition_id: int, level: str, slug: str | None = None
    ) -> list[EditionDetail]:
        """What an edition says of a level beside its standings; ``slug``: of one brand
        or industry alone. By topic, family and channel."""
        query = select(EditionDetail).where(
            EditionDetail.edition_id == edition_id, EditionDetail.level == level
        )
        if slug is not None:
            query = query.where(EditionDetail.slug == slug)
        order = (EditionDetail.topic, EditionDetail.family, EditionDetail.channel)
        with self._database.reading() as session:
            return list(session.exec(query.order_by(*order, EditionDetail.slug)))

    def told_of(
        self,
        edition_id: int,
        topic: str,
        level: str,
        family: str,
        slugs: Collection[str],
    ) -> dict[str, str]:
        """By slug what an edition says on one topic of these brands or industries, of
        no one channel; those of whom it says nothing are absent. For a page: found by
        the key, however many an edition has, and databases do not take any number of
        slugs."""
        query = select(EditionDetail.slug, EditionDetail.body).where(
            EditionDetail.edition_id == edition_id,
            EditionDetail.topic == topic,
            EditionDetail.level == level,
            EditionDetail.family == family,
            EditionDetail.channel == "",
            col(EditionDetail.slug).in_(slugs),
        )
        with self._database.reading() as session:
            return dict(session.exec(query).all())

    def edition_parts(self, name: str) -> dict[str, bytes]:
        """The frozen input of an edition, by part. Raises UnknownEdition."""
        edition = self.edition(name)
        query = (
            select(EditionRows)
            .where(EditionRows.edition_id == edition.id)
            .order_by(col(EditionRows.part))
        )
        with self._database.reading() as session:
            return {rows.part: rows.parquet for rows in session.exec(query)}

    def version(self) -> str:
        """Changes whenever an edition is published or removed, or the docket changes in
        public: pages say what is disputed. Two tiny queries."""
        newest = select(
            Edition.id,
            Edition.digest,
            Edition.made_at,
            select(func.count(col(Edition.id))).scalar_subquery(),
        ).order_by(col(Edition.id).desc())
        with self._database.reading() as session:
            found = session.exec(newest.limit(1)).first()
            steps = session.exec(select(func.sum(col(Filing.steps)))).one()
        return "-".join(str(part) for part in (*found, steps or 0)) if found else ""

    def channels(self) -> list[ChannelRow]:
        """As their modules declared them, by slug."""
        with self._database.reading() as session:
            return list(session.exec(select(ChannelRow).order_by(ChannelRow.slug)))

    def runs(self, channel: str | None = None, limit: int = 50) -> list[Run]:
        """What looks and imports came to, newest first."""
        query = select(Run).order_by(col(Run.started_at).desc(), col(Run.id).desc())
        if channel is not None:
            query = query.where(Run.channel == channel)
        with self._database.reading() as session:
            return list(session.exec(query.limit(limit)))

    def last_runs(self) -> dict[str, LastRuns]:
        """Per channel the last run, and the last that went well."""

        def newest(*where: bool) -> dict[str, Run]:
            ids = select(func.max(Run.id)).where(*where).group_by(Run.channel)
            with self._database.reading() as session:
                found = session.exec(select(Run).where(col(Run.id).in_(ids)))
                return {run.channel: run for run in found}

        ok = newest(Run.outcome == "ok")
        return {
            channel: LastRuns(ok.get(channel), run) for channel, run in newest().items()
        }

    def looks_by_day(
        self, channel: str, day_from: int, day_to: int
    ) -> dict[int, DayLooks]:
        """By day, ``day_to`` excluded. A day without a look is absent."""
        day = col(Run.started_at) // DAY
        query = (
            select(day, Run.problem, func.count())
            .where(Run.channel == channel, Run.what == "look")
            .where(Run.started_at >= day_from * DAY, Run.started_at < day_to * DAY)
            .group_by(day, col(Run.problem))
            .order_by(day, func.count(), col(Run.problem))
        )
        found: dict[int, DayLooks] = {}
        with self._database.reading() as session:
            for when, problem, count in session.exec(query):
                before = found.get(when, DayLooks(0, 0, ""))
                found[when] = DayLooks(
                    before.looks + count,
                    before.troubled + (count if problem else 0),
                    problem or before.problem,
                )
        return found

    def coverage_by_channel(
        self, day_from: int, day_to: int
    ) -> dict[str, ChannelCoverage]:
        """Days from ``day_from`` (included) to ``day_to`` (excluded), accounts that
        have been resolved. A channel without such an account is absent."""
        seen = (
            select(Account.channel, func.sum(Coverage.seconds))
            .where(Coverage.account_id == Account.id)
            .where(Coverage.day >= day_from, Coverage.day < day_to)
            .where(col(Account.resolved_at).is_not(None))
            .group_by(Account.channel)
        )
        watched = (
            select(Account.channel, func.count())
            .where(col(Account.resolved_at).is_not(None))
            .group_by(Account.channel)
        )
        with self._database.reading() as session:
            seconds = {channel: int(total) for channel, total in session.exec(seen)}
            accounts = dict(session.exec(watched).all())
        whole = max(day_to - day_from, 1) * DAY
        return {
            channel: ChannelCoverage(
                number,
                seconds.get(channel, 0),
                seconds.get(channel, 0) / whole / number,
            )
            for channel, number in sorted(accounts.items())
        }

    def accounts_of(self, brand: str) -> list[Account]:
        """A brand's own accounts, by channel. Unknown brand: none."""
        query = (
            select(Account)
            .where(Account.brand_id == Brand.id, Brand.slug == brand)
            .order_by(Account.channel, Account.account)
        )
        with self._database.reading() as session:
            return list(session.exec(query))

    def brands(self) -> list[BrandLine]:
        """Every brand, by name."""
        query = (
            select(Brand, Industry.slug)
            .where(Brand.industry_id == Industry.id)
            .order_by(Brand.name, Brand.slug)
        )
        with self._database.reading() as session:
            return [
                BrandLine(row.slug, row.name, industry, row.country, row.former_names)
                for row, industry in session.exec(query)
            ]

    def former_names(self) -> dict[str, str]:
        """Slug to the names a brand had before, separated by '; '; of those that had
        any."""
        query = select(Brand.slug, Brand.former_names).where(Brand.former_names != "")
        with self._database.reading() as session:
            return dict(session.exec(query).all())

    def industries(self) -> list[Industry]:
        """Every industry, by name."""
        with self._database.reading() as session:
            return list(session.exec(select(Industry).order_by(Industry.name)))
