"""How a server is asked: how much of it, how long it is waited for, and which of its
answers is a no for now or for good."""

from dataclasses import dataclass

import httpx
from tenacity import RetryCallState, Retrying, wait_exponential_jitter

from collectors.answers import Refused, said
from collectors.hosts import allowance, retry_after

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How much is asked of a server, and how much is taken from it."""

    pause: float = 0.1  # seconds between two requests to one host
    errors: int = 5  # of one host, then it is left alone
    first_wait: float = 1.0  # doubled after each error
    longest_wait: float = 60.0  # a host that asks for more is left alone
    silence: float = 15.0  # seconds without a byte
    whole: float = 60.0  # seconds a whole response may take
    largest: int = 16_000_000  # bytes, unpacked
    requests: int = 3_000  # in one visit; a list that is longer has no end


class Again(Exception):
    """A try that failed in a way that may pass."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait  # seconds the server asked for


def judge(address: httpx.URL, status: int, headers: httpx.Headers, why: str) -> None:
    """Raises where the answer is no. ``why``: what it says of that, without a key."""
    if status in (403, 429):
        spent = allowance(headers)
        if spent is not None and spent.left <= 0 and "retry-after" not in headers:
            wait = 3_600.0 if spent.seconds is None else spent.seconds
            raise Again("its limit of requests is used up", wait)
    wait_s = retry_after(headers)
    if status in AGAIN or (status == 403 and wait_s is not None):
        raise Again(f"the last answer was {status}", wait_s)
    if not 200 <= status < 300:
        raise Refused(f"{said(address)} answered {why}", status)


def backoff(manners: Manners, errors: int) -> float:
    """Seconds to wait after so many errors: doubled each time, with jitter."""
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = errors
    return wait_exponential_jitter(
        multiplier=manners.first_wait,
        max=manners.longest_wait,
        jitter=manners.first_wait / 4,
    )(state)


def failed_with(state: RetryCallState) -> Again:
    """What a try failed with; tenacity asks only about what it tries again."""
    problem = state.outcome.exception() if state.outcome else None
    assert isinstance(problem, Again)
    return problem
