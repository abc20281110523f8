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
            "Hiding or deleting what people wrote does not help: once we have seen it,"
            " it counts. Answering only the grateful does not help: whether a message"
            " counts is decided before its answer is looked at. Template replies show"
            " as near-copies. One person writing a hundred times in a day is one"
            " person. Answering more people sooner helps.",
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
)
