"""X: a random sample of who writes to a brand, and when the brand answers.

Source: X's API v2, recent search and post lookup (looked at 2026-11-22), which charge
for every post they give: pay-per-use, 0.005 dollars a post and 0.010 dollars a person
(https://docs.x.com/x-api/getting-started/pricing, looked at 2026-11-22). Asked with our
own polite client: tweepy (4.17, July 2026, MIT, kept up) and xdk (0.10, X's own, made
by a generator) each hold a session of their own that reads answers of any size and
knows nothing of a budget; tweepy's debug log says the token.

What is sampled: for every account and UTC day a stretch of time is drawn by lot before
anything in it is known (``sampling``), as long as the month's budget allows by what
earlier stretches held. Each stretch is read whole: every post in it that names the
account by its author's will or answers one of its posts, and that opens what its author
has to say in that conversation, is an inquiry. Each is then followed to its horizon:
what the brand's accounts say in its conversation at every look, and once a day whether
it still stands. Whether it was answered decides nothing of this, nor what may still be
sampled: for each inquiry ``FOLLOW`` posts are set aside, whether they are used or not.

The budget (dollars a calendar month, UTC) is written down before each request and never
exceeded; X counts a post once a UTC day however often it is read, we count each time.
When what is left is needed for following, nothing new is sampled until the month ends:
those days are not covered. When all is spent, nothing is watched at all.

X wants posts that were deleted, or whose author is protected or suspended, to be gone
here as soon as reasonably possible, within 24 hours of being told. So what is linked is
asked for by its id every day; what is gone loses its link and its author; and after the
horizon there is no link any more (``links_kept``), so nothing is left to be deleted.
Batch compliance is not used: its files go through another company's storage. Sampled,
so never pooled with channels that are seen in full.

Known gaps:
- Everything outside the sample, by design.
- In a wave, of a stretch that holds more than ``WAVE`` times what was expected, only
  the end is read.
- A brand's name without its handle; handles that X writes before a reply by itself.
- Answers that quote instead of replying, and direct messages.
- Conversations whose first message is older than the week that search goes back are
  taken to begin with the first one in that week.
- A post that its author deletes before the look that reads its stretch was never seen:
  it is left out as it would have been, but not counted as lost.
- Suspended and protected accounts count as having deleted their posts.
- What a brand deletes of its own answers is not noticed.

History:
- 2026-11: first version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import polars as pl

from collectors.base import Channel, CollectorError, Watched
from collectors.channels.x import posts as reading
from collectors.channels.x.asking import MICRO, Api, any_of, micro
from collectors.channels.x.posts import Book, Post
from collectors.channels.x.sampling import Plan, Stretch
from collectors.confirming import Confirming
from collectors.http import Http, Refused, Unreachable
from collectors.listing import Erased, Found, Spent, round_of
from collectors.looking import Task
from collectors.rewatch import Plan as Rewatch
from collectors.rewatch import batches
from collectors.spending import Purse
from model import DAY
from model.looks import Look

FOLLOW = 5
"""Posts set aside for each inquiry: three days of asking whether it still stands, an
answer, and one more."""
WAVE = 10
"""A stretch is read up to so many times the posts that were expected in it."""
LEAST = 200
"""Posts of a stretch that are always read."""
LAG = 60
"""Seconds until search knows a post."""
BACK = 6 * DAY
"""Seconds that search goes back: a week, less a day for safety."""
AT_ONCE = 100
PAYMENT = 402
"""X's answer when no credits are left."""


def look(task: Task) -> Look:
    """One round over the accounts, within the budget. What fails is in the look's
    problem."""
    rounds = Round.of(task)
    said = round_of(task, CHANNEL.slug, rounds.ask, rounds.resolve, FIRST_DAYS)
    only = {each for each in said.seen if each.account in rounds.followed}
    problem = "; ".join(filter(None, [said.problem, rounds.problem]))
    look = replace(
        said,
        seen=tuple(each for each in said.seen if each not in only),
        followed=tuple(each for each in said.seen if each in only),
        cursors={**said.cursors, **rounds.plans},
        problem=problem,
    )
    return rounds.confirming.into(look)


FIRST_DAYS = 1
"""How far back a new account's first stretch may lie."""


@dataclass
class Round:
    """What one round knows and has come to."""

    task: Task
    api: Api
    sampling: Purse  # what sampling has used up, with what it has set aside
    open_: pl.DataFrame
    book: Book
    confirming: Confirming
    plans: dict[str, str] = field(default_factory=dict)
    followed: set[str] = field(default_factory=set)  # accounts without a new sample

    @classmethod
    def of(cls, task: Task) -> "Round":
        month = datetime.fromtimestamp(task.started_us // MICRO, UTC).strftime("%Y-%m")
        budget = micro(task.options["budget_usd"])
        empty = f"the budget of {month} is spent: X is not watched until it ends"
        purse = partial(Purse, task.spend, limit=budget, empty=empty)
        return cls(
            task=task,
            api=Api(task, purse(name=f"spent {month}")),
            sampling=purse(name=f"sampled {month}"),
            open_=task.open_since(task.started_us // MICRO - BACK - task.horizon),
            book=Book(tuple(task.accounts)),
            confirming=Confirming(task),
        )

    @property
    def now(self) -> int:
        return self.task.started_us // MICRO

    @property
    def problem(self) -> str:
        if not self.followed:
            return ""
        return (
            f"what is left of the month's budget follows what was sampled: nothing new"
            f" of {len(self.followed)} accounts until it ends"
        )

    def resolve(self, task: Task, account: Watched) -> str:
        """The number behind a handle. Raises CollectorError, Spent."""
        self.api.task = task
        number = self._confirmed(account.account)
        found = replace(account, external_id=number)
        others = [a for a in self.book.accounts if a.account != account.account]
        self.book = Book((*others, found))
        return number

    def _number(self, name: str) -> str:
        user = self.api.user(name)
        self.sampling.add(micro(self.task.options["user_usd"]))
        if user is None:
            raise CollectorError(f"nobody is called {name} on X")
        if user.protected:
            raise CollectorError(f"{name} is protected on X: nothing is public")
        return user.id

    def _confirmed(self, name: str) -> str:
        return str(self._paid(partial(self._number, name)))

    def _paid(self, do: Any) -> Any:
        """Raises Spent where X says that its own account is empty."""
        try:
            return do()
        except Refused as problem:
            if problem.status != PAYMENT:
                raise
            raise Spent("X says that no credits are left: they are bought there") from (
                problem
            )

    def ask(self, task: Task, account: Watched, since: int) -> Found:
        """What was said of an account since its cursor. Raises CollectorError and
        Spent."""
        self.api.task = task  # with a client of its own
        self.confirming.check(account, self._confirmed)
        mine = self.book.names[account.account.lower()]
        cursor = int(task.cursors.get(account.account, since))
        when = Stretch(max(cursor, self.now - BACK), self.now - LAG)
        if when.until <= when.since:
            return Found(until=cursor)
        turn = Turn(self, mine, when, self._plan(mine))
        found: Found = self._paid(turn.take)
        return replace(found, since=when.since if when.since > cursor else None)

    def _plan(self, account: Watched) -> Plan:
        return Plan.read(self.task.cursors.get(f"{account.account} plan"))

    def afford(self) -> float:
        """Posts that one account's stretch of one day may hold: what is left for
        sampling, evenly over accounts and over what is left of the month."""
        today = datetime.fromtimestamp(self.now, UTC).date()
        left = self.sampling.left() / max(1, self.api.post) / (1 + FOLLOW)
        return left / _days_left(today) / max(1, len(self.task.accounts))

    def may_sample(self, most: int) -> bool:
        """Whether so many more inquiries, all of them followed, are within the
        budget."""
        return self.sampling.left() >= most * (1 + FOLLOW) * self.api.post


def _days_left(today: date) -> int:
    """Of its month, today included."""
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (following - today).days


@dataclass
class Turn:
    """One account's turn in a round."""

    round: Round
    account: Watched
    when: Stretch
    plan: Plan
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def take(self) -> Found:
        """Raises CollectorError, Spent."""
        asked = self._sample()
        open_ = self._open()
        threads = self.plan.threads | {
            post.first: post.conversation_id for post in asked if not post.opens
        }
        conversations = [threads.get(post, post) for post in open_["post"]]
        conversations += [post.conversation_id for post in asked]
        said = self._said(list(dict.fromkeys(conversations)))
        gone = self._standing(open_)
        still = {*open_["post"], *(post.first for post in asked)} - gone.keys()
        kept = {post: into for post, into in threads.items() if post in still}
        plan = replace(self.plan.past(self.when.until), threads=kept)
        self.round.plans[f"{self.account.account} plan"] = plan.said()
        return Found(
            asked=[reading.asked(post, self.round.book) for post in asked],
            answered=said,
            erased=list(gone.values()),
            read=self.read,
            refused=self.refused,
            until=self.when.until,
        )

    # What is new

    def _sample(self) -> list[Post]:
        """Inquiries of the stretches that lie in this turn, the earliest first."""
        posts = self.round.afford()
        self.plan = self.plan.draw(
            self.account.account,
            Stretch(self.when.since // DAY, self.when.until // DAY + 1),
            posts,
            self.round.task.secret,
        )
        found: list[Post] = []
        for part in self.plan.parts(*self.when):
            if not self.round.may_sample(AT_ONCE):
                self.round.followed.add(self.account.account)
                break
            found += self._listen(part, max(LEAST, int(WAVE * posts)))
        return self._firsts(found)

    def _listen(self, part: Stretch, most: int) -> list[Post]:
        """Every post of a stretch that may be an inquiry, the earliest first."""
        handle, number = self.account.account, self.account.external_id
        question = f"(@{handle} OR to:{number}) -is:retweet"
        read: list[Post] = []
        since = part.since
        for page in self.round.api.pages(question, part):
            read += page
            if len(read) >= most or not self.round.may_sample(len(read) + AT_ONCE):
                since = min(post.at for post in read) + 1
                break
        kept = sorted((p for p in read if p.at >= since), key=lambda p: (p.at, p.id))
        self.read += len(read)
        self.plan = self.plan.learnt(len(kept), part.until - since)
        self.round.sampling.add(len(read) * self.round.api.post)
        return kept

    def _firsts(self, read: list[Post]) -> list[Post]:
        """Those that open what their author has to say to the account."""
        found: dict[str, Post] = {}
        for post in read:
            why = reading.no_inquiry(post, self.account, self.round.book)
            if not why and post.thread in found:
                why = LATER
            if why:
                self.refused[why] += 1
            else:
                found[post.thread] = post
        before = self._before([post for post in found.values() if not post.opens])
        self.refused[LATER] += len(before)
        self.refused += Counter()  # without noughts
        firsts = [post for post in found.values() if post.thread not in before]
        self.round.sampling.add(len(firsts) * FOLLOW * self.round.api.post)
        return firsts

    def _before(self, posts: list[Post]) -> set[str]:
        """Threads of which an earlier message to the account is there."""
        first = {post.thread: post.at for post in posts}
        handle, number = self.account.account, self.account.external_id
        terms = [
            f"(conversation_id:{p.conversation_id} from:{p.author_id})" for p in posts
        ]
        when = Stretch(self.round.now - BACK, self.when.until)
        return {
            said.thread
            for said in self._search(f"(@{handle} OR to:{number})", terms, when)
            if said.at < first.get(said.thread, 0)
            and not reading.no_inquiry(said, self.account, self.round.book)
        }

    # What is followed

    def _open(self) -> pl.DataFrame:
        """This account's inquiries within their horizon, with the ``post`` of each."""
        mine = self.round.open_.filter(
            (pl.col("account") == self.account.account)
            & (pl.col("asked_at") >= self.when.since - self.round.task.horizon)
        )
        post = [reading.number(url) for url in mine["url"]]
        return mine.with_columns(post=pl.Series(post, dtype=pl.String())).filter(
            pl.col("post").is_not_null()
        )

    def _said(self, conversations: list[str]) -> list[Any]:
        """What the brand said in these conversations."""
        family = self.round.book.family(self.account)
        whose = " OR ".join(f"from:{number}" for number in family)
        terms = [f"conversation_id:{each}" for each in conversations]
        found = [
            reading.answered(post, family, self.round.book)
            for post in self._search(f"({whose}) is:reply", terms, self.when)
        ]
        return [each for each in found if each is not None]

    def _search(self, always: str, terms: list[str], when: Stretch) -> Iterator[Post]:
        for question in any_of(always, terms):
            for page in self.round.api.pages(question, when):
                self.read += len(page)
                yield from page

    def _standing(self, open_: pl.DataFrame) -> dict[str, Erased]:
        """Asks once a day of each whether it still stands. Those that do not, by their
        posts."""
        found: dict[str, Erased] = {}
        horizon = self.round.task.horizon
        rewatch = Rewatch(tuple(range(DAY, horizon, DAY)) + (horizon,))
        due = rewatch.due(open_, self.when.since, self.when.until)
        for batch in batches(due, AT_ONCE):
            gone = self.round.api.gone(batch["post"].to_list())
            found |= {
                post: Erased(message, stood_at)
                for post, message, stood_at in batch.select(
                    "post", "message", "stood_at"
                ).iter_rows()
                if post in gone
            }
        return found


LATER = "later messages of a conversation"


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """Raises Unreachable: X charges for it, so only looks do it, within the budget."""
    raise Unreachable("X charges for asking: accounts are found by the looks")


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The post on a page; "" for the page of anything else."""
    post = reading.number(url)
    return f"x|{post}" if post else ""


CHANNEL = Channel(
    slug="x",
    title="X",
    source="https://x.com",
    licence="public posts; none of their text is kept or shown",
    terms="https://developer.x.com/en/developer-terms/policy",
    cannot_see=(
        "Everything outside a random sample of times that the operator's budget pays "
        "for; answers by quoting or in direct messages; posts deleted before we read "
        "them. When the budget is spent, the rest of the month is not watched."
    ),
    restriction=(
        "X charges for every post read, and wants what is deleted there to be deleted "
        "by whoever stores it, within 24 hours of being told: texts are never stored, "
        "links are checked daily and dropped after four days "
        "(https://developer.x.com/en/developer-terms/policy, looked at 2026-11-22)"
    ),
    every=timedelta(hours=3),
    links_kept=timedelta(days=4),
    key_setting="x_token",
    switch="x_budget_usd",
    look=look,
    resolve=resolve,
    confirms=True,
    message_at=message_at,
)
