"""What people ask before they print a number, answered on /method.

``tools.messages`` reads the sentences from here.
"""

from scoring.method import METHOD
from web import words
from web.pages import Rule
from web.views.rules import said


def questions() -> tuple[Rule, ...]:
    """All of them in the language of the page, with the numbers of the method."""
    numbers = {
        "inquiries": METHOD.fewest_inquiries.value,
        "people": METHOD.fewest_people.value,
        "seen": words.percent(METHOD.lowest_coverage.value),
        "sure": words.percent(METHOD.confidence.value),
    }
    return tuple(said(rule, **numbers) for rule in QUESTIONS)


QUESTIONS: tuple[Rule, ...] = (
    Rule(
        id="may-i-write",
        title="May I write that a brand is the best, or the worst?",
        text=(
            "Only when its range of places is that one place. Otherwise print the"
            " range: “between 3rd and 9th of 41 airlines”. Each brand’s page names the"
            " brands that it is surely above and surely below; any other pair cannot be"
            " told apart, whatever the order of the table.",
        ),
    ),
    Rule(
        id="real-difference",
        title="Two brands are five points apart. Is that a difference?",
        text=(
            "Look at the intervals, each %(sure)s sure, and at the brand’s list of"
            " those it is surely above. Five points between brands with sixty inquiries"
            " each are usually luck; between brands with six thousand they usually are"
            " not, unless one bad week decided.",
        ),
    ),
    Rule(
        id="got-worse",
        title="A score fell since the last edition. Did the brand get worse?",
        text=(
            "Its page says so only when the interval of the change leaves out zero. It"
            " also says what the change is made of: how many were answered, how fast,"
            " who wrote where and about what, and whether we changed the method.",
        ),
    ),
    Rule(
        id="private-answers",
        title="What if the brand answers by e-mail or private message?",
        text=(
            "We cannot see it, and no outsider can. A public “please send us a private"
            " message” is an answer, and is counted apart from answers that say"
            " something, as a redirection. A brand that answers everybody in private"
            " and nobody in public looks silent here, because to the public it is.",
        ),
    ),
    Rule(
        id="machines",
        title="Do automatic replies count?",
        text=(
            "Not where we know them to be automatic: then the clock runs on to the"
            " first answer by a person. A reply is taken for a machine’s when it comes"
            " at once and is the same for many people; speed alone proves nothing."
            " Near-copies of other replies count as answers, and are shown apart.",
        ),
    ),
    Rule(
        id="ranting",
        title="Does every rant, joke and thank-you count against a brand?",
        text=(
            "No. Where we know what messages are, the headline counts complaints and"
            " questions; compliments and the rest are shown apart. Where the kinds are"
            " not known well enough everything counts, for every brand alike, and the"
            " table says so. The table of how often our reading of kinds is right is"
            " further down.",
        ),
    ),
    Rule(
        id="nights",
        title="Is it fair to count nights and weekends?",
        text=(
            "People write then, and wait then. So the headline counts every hour, and"
            " beside it each brand’s page shows weekdays, nights and weekends apart."
            " All clocks are UTC.",
        ),
    ),
    Rule(
        id="no-score",
        title="Why has a brand no score, or no place?",
        text=(
            "Because fewer than %(inquiries)s inquiries, or fewer than %(people)s"
            " people, or too few days stand behind it; or because we saw less than"
            " %(seen)s of the period; or because the source holds only conversations"
            " that were answered. The page says which. A missing score is never a bad"
            " one.",
        ),
    ),
    Rule(
        id="gaming",
        title="Can a brand improve its score without answering better?",
        text=(
            "Hiding what people wrote does not help: once we have seen it, it counts."
            " Answering only the grateful hardly helps: whoever complained and got"
            " nothing counts all the same, and where we know what messages are, thanks"
            " are not in the headline at all. Template replies show as near-copies. One"
            " person writing a hundred times in a day is one person. Answering more"
            " people sooner helps.",
        ),
    ),
    Rule(
        id="check",
        title="How do I check a number, and how do I cite it?",
        text=(
            "Each edition can be taken away whole: every message that was counted and"
            " every one that was not, with the reason, without names or texts. One"
            " command recomputes every figure from it and says which agree. An edition"
            " is never changed; a correction is a new edition that names the old one."
            " Cite the edition and its address, which stay.",
        ),
    ),
    Rule(
        id="weights",
        title="What if I do not believe in 42, 42 and 16?",
        text=(
            "Then use the three shares, which need no weights. How far the order of"
            " brands moves under other weights, or with one limit alone, is printed"
            " further down for the edition you are reading.",
        ),
    ),
    Rule(
        id="list",
        title="Why is one brand here and another not?",
        text=(
            "Whoever runs this site chooses brands and accounts by hand; they are no"
            " sample of all there are. So a place is a place among those listed, and an"
            " industry’s mean is theirs. On which accounts a brand is watched stands on"
            " its page. Anybody may ask for another brand, under corrections.",
        ),
    ),
    Rule(
        id="typical",
        title="Are people who write in public like all customers?",
        text=(
            "No. Most customers never write in the open, and those who do may be"
            " angrier than the rest. A score says what happens to people who write"
            " where everybody can read it. Of those who telephone or write a letter it"
            " says nothing.",
        ),
    ),
    Rule(
        id="old-surveys",
        title=(
            "The surveys are from 2012 and 2017. Do they still hold, and in my country?"
        ),
        text=(
            "We do not know. They are old, one is by a maker of tools for this very"
            " work, and we have none for every country. That is why the three shares"
            " stand beside each score. If people expect answers sooner today, all"
            " scores are too kind, most of all to the slow.",
        ),
    ),
    Rule(
        id="campaign",
        title="Could people be sent to make a brand look bad?",
        text=(
            "They could; we cannot look into anybody’s head. What stands against it: a"
            " person counts once a day, many messages on few days widen the interval,"
            " and a brand of which few days decide has no place. Accounts that say they"
            " are machines are left out where the channel tells us. And whoever is"
            " answered helps the brand.",
        ),
    ),
    Rule(
        id="own-figures",
        title=(
            "The brand says it answers nearly everybody within the hour. Why do you"
            " say less?"
        ),
        text=(
            "It may count other things: calls and letters too, a machine’s replies,"
            " office hours only, or the mean wait of those it answered. We count"
            " everybody who wrote in public, at every hour, the unanswered too. Ask the"
            " brand how many messages stand behind its figure; ours are printed beside"
            " each.",
        ),
    ),
    Rule(
        id="other-places",
        title=(
            "May I compare a score on social networks with one in reviews, or a bank"
            " with an airline?"
        ),
        text=(
            "Not social networks with reviews: the limits there are others, and so are"
            " the people. The two are never added up. Brands of all industries stand in"
            " one table, because the question is the same everywhere; but people write"
            " to them about other things, so look first at the brand’s own industry.",
        ),
    ),
    Rule(
        id="seen-all",
        title="How do I know that you saw everything?",
        text=(
            "We did not, and say where. For every account and day it is kept whether"
            " we saw all of it, a part, or nothing; each brand’s page shows it. Where a"
            " brand answered messages that we had not seen otherwise, its page says how"
            " many of its answers that were: the more, the more we overlook.",
        ),
    ),
    Rule(
        id="contested",
        title="What if a brand says that a number is wrong?",
        text=(
            "It can contest it, and what it says and what was answered stands under"
            " corrections for everybody to read. Either side can recompute the figure."
            " Where we were wrong a new edition says so and names the old one, which"
            " stays as it was.",
        ),
    ),
)
