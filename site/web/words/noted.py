"""The sentences that our programs keep in the database, as ``reported`` finds them.

Each stands here as the program writes it, with a named place for what differs; a test
holds them to the programs. ``problem`` is another sentence, ``expected`` what a program
was looking for, ``span`` a wait; ``messages``, ``brands`` and ``count`` are counts of
an audit, with their word.
"""

from web.tongue import mark

PLAIN = (
    (r"\[Errno -\d+\][^;,.)]*", mark("its name could not be found")),
    (r"\[Errno 111\][^;,.)]*", mark("the connection was refused")),
    (r"\[Errno (?:104|32)\][^;,.)]*", mark("the connection was broken off")),
    (r"\[Errno 110\][^;,.)]*", mark("it did not answer in time")),
    (r"\[Errno (?:101|113)\][^;,.)]*", mark("there was no way to it")),
    (r"\[SSL: CERTIFICATE_VERIFY_FAILED\].*?(?:\(_ssl[^)]*\)|$)",
     mark("its certificate could not be verified")),
    (r"\[Errno \d+\]\s*", ""),
)  # fmt: skip
"""What systems say of a failure, and what it means."""

ASKING = (
    mark("%(where)s: its robots.txt asks us not to"),
    mark("%(where)s is left alone until the next look: it failed %(n)s times"),
    mark(
        "%(where)s: %(n)s requests for one account are enough, and its lists had no end"
    ),
    mark("%(where)s: asked once, %(problem)s"),
    mark("%(where)s: asked %(n)s times, %(problem)s"),
    mark(
        "%(where)s has moved for good, to %(path)s: not followed, for it may be another"
        " account now"
    ),
    mark("%(where)s sends us round in circles"),
    mark("%(where)s sends us to another host, %(host)s: not followed"),
    mark(
        "%(where)s is not asked for another %(span)s: that is its limit of requests,"
        " or its wish"
    ),
    mark("%(where)s answered %(status)s"),
    mark("its limit of requests is used up"),
    mark("the last answer was %(status)s"),
    mark("it answered %(status)s"),
    mark("not finished after %(n)s seconds"),
    mark("silent for %(n)s seconds"),
    mark("%(where)s: its key holds a character that no header can carry; set it again"),
    mark("%(where)s: what it gave was %(span)s old, or a clock is wrong"),
    mark("%(where)s: its clock is %(span)s ahead of ours"),
    mark("%(where)s has no address"),
    mark(
        "%(where)s is an address of a private network, so it is not asked; if it is"
        " meant, name it in ANSWERABLE_PRIVATE_HOSTS"
    ),
    mark(
        "%(where)s is %(address)s, an address of a private network, so it is not asked;"
        " if it is meant, name it in ANSWERABLE_PRIVATE_HOSTS"
    ),
    mark("%(where)s: more than %(n)s bytes, not read"),
    mark("%(n)s more such problems"),
    mark("%(n)s accounts wait"),
    mark("stopped"),
    mark("a round takes %(n)s messages, and has them"),
    mark("a mistake of ours, %(place)s"),
    mark("%(n)s inquiries at one look are not what is normal"),
    mark("it is called %(name)s now"),
    mark("%(account)s is called %(name)s now"),
    mark("%(account)s is somebody else's now"),
    mark("accounts of this channel cannot be resolved by this version"),
    mark("%(where)s: the list broke off after %(n)s reviews"),
    mark("%(where)s: the list repeats itself after %(n)s reviews"),
    mark("%(where)s: more than %(n)s reviews for one round"),
)
"""By the one polite client, and by every channel."""

CHANNELS = (
    # Bluesky
    mark("no account is resolved"),
    mark("%(account)s is the same account"),
    mark(
        "the stream keeps %(hours)s hours and the last look is older: %(n)s minutes"
        " were not seen"
    ),
    mark("the last look lies in the future: this machine's clock was set back"),
    mark("not filled: %(problem)s"),
    mark("%(account)s not filled: %(problem)s"),
    mark("%(account)s in a gap: %(problem)s"),
    mark("%(n)s posts were not asked for again: %(problem)s"),
    mark("%(n)s posts of which not all answers were shown"),
    mark(
        "the stream is %(span)s behind: the look took what it may at once, the next"
        " goes on from there"
    ),
    mark("the stream fell silent %(span)s ago"),
    mark(
        "the stream broke off %(n)s times, %(span)s behind now (%(problem)s): the next"
        " look goes on from there"
    ),
    mark("%(n)s answers could not be traced back: %(problem)s"),
    mark("the account was deleted, since %(when)s UTC: it is not measured"),
    mark("the account was taken down, since %(when)s UTC: it is not measured"),
    mark("the account is suspended, since %(when)s UTC: it is not measured"),
    mark("the account is deactivated, since %(when)s UTC: it is not measured"),
    mark("the account is not active, since %(when)s UTC: it is not measured"),
    mark("the account is not shown, since %(when)s UTC: it is not measured"),
    mark(
        "its handle is %(name)s now: still measured, by its DID; the registry should"
        " say so"
    ),
    # Mastodon
    mark("the token of %(who)s is not accepted any more: set another (%(problem)s)"),
    mark("the token set for %(who)s is another account's"),
    mark("%(account)s is not there any more"),
    mark("%(account)s has moved to %(name)s"),
    mark("%(account)s is suspended by its server"),
    mark(
        "%(where)s dates what %(account)s said after now: a clock is wrong, so nothing"
        " of it is taken"
    ),
    mark("%(account)s: only the last %(n)s posts were read"),
    mark("%(account)s: only its last %(n)s mentions were read"),
    mark("%(account)s has more threads than one round takes"),
    mark(
        "%(where)s cuts long threads short: %(n)s replies to %(account)s were not shown"
    ),
    mark("%(where)s shows threads to its members only: set a token"),
    mark("the limit of requests of %(where)s is used up for now"),
    # Forums, reviews, X and others
    mark("%(where)s: more than %(n)s topics had something new"),
    mark("%(n)s topics were not asked for again: %(problem)s"),
    mark("%(account)s has no issues"),
    mark("GitHub's limit of requests is used up for this hour"),
    mark("%(account)s is not public on Reddit"),
    mark("%(where)s: more was new than Reddit lists"),
    mark(
        "%(account)s names no staff, so nobody's answers are known to be the brand's:"
        " list the numbers of the users who answer for it in staff.csv of the registry"
    ),
    mark(
        "none of the tags names its staff, so nobody's answers are known to be the"
        " brand's: list the numbers of the users who answer for it in staff.csv of the"
        " registry"
    ),
    mark("%(where)s has no tag %(name)s"),
    mark("Stack Exchange's quota of requests is used up for today"),
    mark("Stack Exchange asks to be left alone for %(n)s seconds"),
    mark("%(account)s is reviewed as %(name)s now"),
    mark("Trustpilot wants a key: set ANSWERABLE_TRUSTPILOT_KEY"),
    mark("the App Store's limit of requests is used up (%(n)s left)"),
    mark("no key is there: set ANSWERABLE_APP_STORE_KEYS"),
    mark("%(where)s names no key for the app %(name)s"),
    mark("%(where)s: too much was asked of late"),
    mark("no complaint names a company %(name)s"),
    mark("the Bureau says that there is an issue with its data: not taken"),
    mark("%(account)s: more than %(n)s complaints on one day: import them as a file"),
    mark("the budget of %(month)s is spent: X is not watched until it ends"),
    mark(
        "what is left of the month's budget follows what was sampled: nothing new of"
        " %(n)s accounts until it ends"
    ),
    mark("nobody is called %(name)s on X"),
    mark("%(name)s is protected on X: nothing is public"),
    mark("X says that no credits are left: they are bought there"),
    mark("X's limit of requests is used up for a quarter of an hour"),
    mark("X charges for asking: accounts are found by the looks"),
    mark("%(account)s: more than %(n)s comments were new"),
    mark("the %(n)s units of YouTube's quota for %(day)s are used up"),
    mark("nobody is called @%(name)s on YouTube"),
    mark("YouTube counts what is asked: accounts are found by the looks"),
    mark("%(where)s: expected %(expected)s"),
)
"""By the channels; the last is what every reader of a format says."""

OFF = (
    mark("must be switched on: set %(setting)s"),
    mark("needs a key: set %(setting)s"),
    mark("ANSWERABLE_COLLECT is off"),
)
"""Why a channel is off."""

LEFT_OUT = (
    mark("opened before the watch began"),
    mark("accounts whose answers in a gap could not be asked for"),
    mark("posts of which not all answers were shown"),
    mark("answers too many to trace back"),
    mark("answers to a message that is gone"),
    mark("answers to a message that is gone or not public"),
    mark("answers in a conversation whose beginning is gone"),
    mark("answers in a thread that does not show its top"),
    mark("answers dated before what they answer"),
    mark("messages whose thread does not show its top"),
    mark("messages by programs"),
    mark("messages dated in the future"),
    mark("hashtags that are shown to members only"),
    mark("hashtags too busy to be read to the end"),
    mark("replies that are counted and not shown"),
    mark("topics of the staff's own"),
    mark("issues of the staff's own"),
    mark("issues opened by programs"),
    mark("questions of the staff's own"),
    mark("questions by programs"),
    mark("posts that were deleted before they were seen"),
    mark("posts of the brand's own"),
    mark("posts by programs"),
    mark("posts by registered accounts"),
    mark("posts that name the account only because their thread does"),
    mark("comments of the brand's own"),
    mark("later messages of a conversation"),
    mark(
        "reply older than the review: the review was edited since, the wait is not"
        " known"
    ),
)
"""Of what was looked at; of files, what ``ROWS`` has."""

ROWS = (
    mark("the row has fewer fields than the header"),
    mark("the row has more fields than the header"),
    mark("a quote was opened and never closed"),
    mark("a field is longer than 64 MiB"),
    mark("the row holds a NUL byte"),
    mark("the line is not a JSON object"),
    mark("another row of the same message: the first one counts"),
    mark("another row of the same complaint"),
    mark("another row of the same review: merged with it"),
    mark("another row of the same inquiry: merged with it"),
    mark("another row with the same tweet_id"),
    mark("no company of the file answered the opening directly or is named in it"),
    mark("sent less than %(n)s days before the source stops knowing"),
    mark("the company is missing"),
    mark("the app is missing"),
    mark("%(name)s is missing"),
    mark("the company is longer than 300 characters"),
    mark("the app is longer than 300 characters"),
    mark("%(name)s is longer than %(n)s characters"),
    mark("the company holds control characters"),
    mark("the app holds control characters"),
    mark("%(name)s holds control characters"),
    mark("account holds control characters or begins with a sign"),
    mark("%(name)s is not a number"),
    mark("%(name)s has no time zone"),
    mark("%(name)s is not a time (ISO 8601 with a zone, or epoch seconds)"),
    mark("%(name)s is before 1990 or after 2100"),
    mark("%(name)s is later than this import"),
    mark("the day it was sent to the company is not a day since 2011"),
    mark("sent to the company before it was received"),
    mark("whether it was answered in time is not said"),
    mark("the day of opening is missing"),
    mark("the day of opening is not a day since 2014"),
    mark("the platform found it not to be the company's own"),
    mark("whether it was answered is not said"),
    mark("not answered, with the day of an answer"),
    mark("answered on a day that is not known"),
    mark("answered before it was opened"),
    mark("answered before it was asked"),
    mark("answered before it was sent"),
    mark("answered after watched_until"),
    mark("watched_until is before %(name)s"),
    mark("answer_step without answered_at"),
    mark("answer_step is not automatic, canned, redirect, substantive or empty"),
    mark("opened after the time the source stops knowing"),
    mark("asked after the time the source stops knowing"),
    mark("answered after the time the source stops knowing"),
    mark("written after the time the source stops knowing"),
    mark("created after the time the source stops knowing"),
    mark("score is not 1 to 5"),
    mark("a reply without its time"),
    mark("kind is not complaint, question, compliment, other or empty"),
    mark("found_by is not stream, thread, list, reply or empty"),
    mark("arm is not one of the protocol's"),
    mark("brand is not small letters, digits and hyphens"),
    mark("channel is not small letters, digits, '.', '_' and '-'"),
    mark("author_id is not a handle or a number"),
    mark("inbound is neither True nor False"),
)
"""Why a row of a file was not taken."""

AUDITS = (
    mark(
        "The protocol was registered on %(at)s, after the last message was sent"
        " (%(sent)s). Nothing was stated beforehand: read this as a report, not as a"
        " test."
    ),
    mark(
        "The protocol was registered on %(at)s, after the first message was sent"
        " (%(sent)s). Whoever wrote it could know the first answers."
    ),
    mark(
        "%(messages)s sent where %(planned)s were planned. Whoever goes on until the"
        " result pleases gets one that pleases: the figures of the first %(first)s"
        " stand beside those of all."
    ),
    mark("%(messages)s planned and %(count)s here."),
    mark("%(brands)s planned and %(count)s written to."),
    mark("No message is here of: %(arms)s."),
    mark(
        "%(messages)s excluded for reasons that the protocol states; %(count)s of them"
        " had an answer. The figures with them stand beside the others."
    ),
    mark(
        "%(messages)s to be excluded for a reason that the protocol does not state;"
        " such messages count."
    ),
    mark("%(messages)s watched for less than %(span)s and left out, answered or not."),
)
"""What an audit did otherwise than its protocol said, or is to be known of it."""

ARMS = {
    "compliment": mark("compliments"),
    "complaint": mark("complaints"),
    "question": mark("questions"),
    "mention": mark("plain mentions"),
}

SYSTEMS = tuple(said for _, said in PLAIN if said)
SENTENCES = (*SYSTEMS, *ASKING, *CHANNELS, *OFF, *LEFT_OUT, *ROWS, *AUDITS)
"""The particular before the general: the first that fits is taken."""
