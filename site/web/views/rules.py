"""The rules of counting in plain words, as /method has them.

``tools.messages`` reads them from here; ``said`` is a rule in the language of the page.
"""

from web.pages import Rule
from web.tongue import t


def said(rule: Rule, **named: object) -> Rule:
    """A rule in the language of the page, with what its sentences have room for."""
    return Rule(
        id=rule.id,
        title=t(rule.title, **named),
        text=tuple(t(text, **named) for text in rule.text),
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="who-counts",
        title="Who counts",
        text=(
            "An inquiry is a public message to a brand’s own account, by somebody else"
            " who is no machine. It must have been found in a way that finds the"
            " unanswered as surely as the answered. What we know only because the"
            " brand answered it never enters a rate.",
            "One person counts once per brand and day: the first message of the kinds"
            " counted, answered by the first answer to anything that person wrote to"
            " the brand that day.",
            "Somebody who writes under two names, as on two networks, is two people"
            " to us: we know nobody. A message to two or more of the brands we watch"
            " counts for none of them, because nobody can say which was asked.",
            "Whether an inquiry counts is decided without looking at its answer.",
        ),
    ),
    Rule(
        id="answers",
        title="What an answer is",
        text=(
            "The first public message by the brand’s account to that person in that"
            " thread, also below a follow-up of theirs. A machine’s acknowledgement is"
            " no answer, where we know that it is one. A message by a bystander or by"
            " another brand is none either.",
            "A person’s answer may be a copy of what everybody gets, or may only ask to"
            " go on in private. It counts, and beside it stands how many were given an"
            " answer that says something of their matter: see the steps below.",
        ),
    ),
    Rule(
        id="kinds",
        title="Which messages call for an answer",
        text=(
            "Complaints and questions. Where the channel says what a message is, by"
            " stars or as a complaint board, we take it from there. On channels that do"
            " not say it a program reads the message, by lists of words, once and"
            " without its answer; how often it is right stands below. Where it can tell"
            " too few messages, all of them count, and every table says so.",
        ),
    ),
    Rule(
        id="silence",
        title="Silence of theirs, and silence of ours",
        text=(
            "An unanswered message is not a missing one: it counts against the brand"
            " once a whole horizon has passed while we watched. Answers after the"
            " horizon do not count. What its author deletes within the horizon is left"
            " out, answered or not; what the brand hides stays in.",
            "The horizon is the last of the three limits: three days on social"
            " networks and in field studies, longer elsewhere. All of them stand in the"
            " table of limits below.",
            "When we saw less than four fifths of the period, figures are withheld and"
            " not guessed. From a source that holds only answered conversations no rate"
            " is ever published; its waiting times are.",
        ),
    ),
    Rule(
        id="score",
        title="The score",
        text=(
            "Of a hundred people who write to the brand, how many get an answer within"
            " the time people expect? Surveys found that 42 of a hundred expect one"
            " within an hour and 42 more within a day; the other 16 we grant three"
            " days. So the score is 42 times the share answered within the first"
            " limit, plus 42 times the share within the second, plus 16 times the share"
            " within the third. A spreadsheet will do.",
            "In reviews, in forums and on complaint boards the limits are longer. We"
            " chose those ourselves; the weights stay the same.",
        ),
    ),
    Rule(
        id="intervals",
        title="How sure we are",
        text=(
            "Beside every share and score stands its 95 % interval: what it could have"
            " been with other people and other days, the brand’s habits unchanged."
            " Messages come in clumps, so a hundred messages on one bad day say less"
            " than a hundred spread over a quarter, and the interval is wider.",
            "For statisticians: the number of inquiries is made smaller by how far"
            " the figure moves when a day, a week or a person is left out. A share has"
            " Wilson’s interval on that smaller number. The score has that of a beta"
            " distribution with the mean and variance which the four possible outcomes"
            " give (answered within the first, the second, the third limit, or not), a"
            " quarter of an inquiry added to each; where nobody was answered, or"
            " everybody at once, the interval is at least the exact one.",
        ),
    ),
    Rule(
        id="places",
        title="Places",
        text=(
            "A place is a range: “3rd to 9th of 41” are the places that the data"
            " allow, all ranges together being right 95 times in a hundred. Two brands"
            " whose ranges overlap may or may not be told apart; never print that one"
            " is better on the order of the table alone.",
            "The ranges are made by comparing all pairs of brands at the same time,"
            " as in Mogstad, Romano, Shaikh and Wilhelm (Review of Economic Studies,"
            " 2024), with one margin that holds for the whole table. No random numbers"
            " are in it.",
            "“Surely in the upper third” means that the whole range lies there.",
        ),
    ),
    Rule(
        id="waits",
        title="Typical wait",
        text=(
            "The time by which half of all who wrote had an answer, those without one"
            " included. When half had none by the horizon it says so. The mean over the"
            " answered is never shown, because it looks best for those who answer"
            " fewest.",
            "How sure a wait is, is read from the curve: it may lie wherever half (or"
            " nine in ten) is within the pale band, from the last time that is surely"
            " too early to the first that is surely late enough (Brookmeyer and"
            " Crowley, 1982). Both are times at which the curve is read, so the"
            " interval is a little too wide and never too narrow.",
        ),
    ),
    Rule(
        id="curve",
        title="The curve: how fast an answer comes",
        text=(
            "Of all who wrote, how many had an answer after a minute, after an hour,"
            " after a day? The curve counts the same people as the shares, so it passes"
            " through each of them, and it crosses 50 of 100 at the typical wait. Along"
            " its foot every step multiplies the time instead of adding to it, so that"
            " the first minutes and the last days can both be read.",
            "The pale band around it is the 95 % interval at each moment taken alone."
            " At the three limits it is the interval printed with the share; between"
            " them it rests on the same effective number of inquiries.",
            "Within the horizon everybody was watched, and the line is a count. Beyond"
            " it some were watched longer than others, and the line is dotted. There it"
            " follows those still watched and still without an answer, and asks at each"
            " moment how many of them get one then; who is watched no longer leaves at"
            " that moment (the estimate of Kaplan and Meier, 1958). So the dotted part"
            " is an estimate of what comes late. It is no promise, it enters no share,"
            " no score and no place, and the band widens as fewer are still watched. It"
            " ends where less than a tenth are.",
            "Where we know only conversations that were answered, the curve is of the"
            " answered alone. It then ends at 100 whatever the brand does, and says"
            " nothing of how many get an answer.",
        ),
    ),
    Rule(
        id="rhythm",
        title="Nights, weekends and hours of the week",
        text=(
            "Every hour is UTC: we know no brand’s own clock, and one far from London"
            " has its nights in our days. A question belongs to the hour it was asked"
            " in. Each share at night, on weekdays and at weekends has its own 95 %"
            " interval, made like that of the whole, from the days, weeks and people of"
            " that time alone: one lost Saturday weighs more among weekends. That more"
            " or fewer are answered at night is said only when the interval of the"
            " difference excludes zero; the two intervals are put together square by"
            " square.",
            "A map of the week has cells as small as the inquiries can fill. It shows a"
            " pattern; a cell of twenty people alone is unsure by twenty points.",
        ),
    ),
    Rule(
        id="volume",
        title="Posts per reply, and what stays unanswered",
        text=(
            "Posts per reply are a brand’s own publications divided by its replies; the"
            " share of replies among both is 1 / (1 + posts per reply). Neither enters"
            " the score. What stays unanswered is the rest of the share answered within"
            " the last limit, with the same interval turned round. Inquiries a day are"
            " those counted, over all days of the period.",
        ),
    ),
    Rule(
        id="industries",
        title="Industries",
        text=(
            "The mean of the scores of an industry’s ranked brands, each brand once."
            " Beside it, all its people pooled.",
            "Its interval is about these very brands, and says nothing of others in"
            " the same industry. With fewer than three ranked brands no mean is given.",
        ),
    ),
    Rule(
        id="like-with-like",
        title="Like with like",
        text=(
            "Some channels are easier than others, and so are some kinds of message and"
            " some hours. Two brands may differ only because people write to them in"
            " other places. So beside the score stands what it would be if people wrote"
            " to each brand as they write in the family as a whole: each channel and"
            " kind of message weighs what it weighs there, and within them weekdays and"
            " weekends, mornings and nights.",
            "Where a brand has too few inquiries on a channel or of a kind, that part"
            " of the mix is left out; where too much would be, nothing is said. In a"
            " part of the week with too few, the brand’s whole record on that channel"
            " and kind stands in. The order of brands stays that of the score, which is"
            " what happened to people; where the common mix reverses two, their pages"
            " say so.",
        ),
    ),
    Rule(
        id="funnel",
        title="Funnels: is luck enough?",
        text=(
            "A brand to which few people write can lie far from its industry’s mean by"
            " luck. The funnel shows how far: its band is where 95 of 100 brands would"
            " lie if each treated people as the industry does on average, the broken"
            " lines hold 998 of 1,000. Brands do differ, so more lie outside than that;"
            " the page says how many. To lie outside is to differ for more reasons than"
            " luck.",
        ),
    ),
    Rule(
        id="change",
        title="Since the last edition",
        text=(
            "A brand ranked in two editions whose periods do not overlap is compared"
            " with itself. The interval of the difference is made of both scores’ own"
            " intervals. When it does not hold zero, the brand’s page calls it a"
            " change; of twenty brands that did nothing differently about one would"
            " be called so by luck alone, in our trials fewer. In lists all comparisons"
            " of an edition have to hold together, 95 times in 100.",
            "The change is taken apart without a rest: how many were answered, how soon"
            " those were, whether people wrote on other channels or sent other kinds of"
            " message, and what a change of our own method did. For the last, the"
            " earlier edition is counted anew the way the later one counts; it is never"
            " called a change of the brand.",
        ),
    ),
)

BLIND: tuple[str, ...] = (
    "Private messages, telephone, e-mail and chats. A brand that answers everybody by"
    " e-mail looks silent here.",
    "What a brand hides or deletes before we see it, and what a network does not show"
    " to the public.",
    "Whether an answer helped. We know that there was one, and when.",
    "What a message is, for certain, on channels that do not say it. There a program"
    " reads it, and below stands how often that is right.",
    "The text of what people write. We do not keep it, nor their names.",
)
"""What this site cannot see."""
