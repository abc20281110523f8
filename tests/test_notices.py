"""Links that stop and signatures of webhooks: made from the secret, kept nowhere."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from model.notices import hook_key, ident_of, signature, spelled, stop_token

KEY = b"0123456789abcdef"
IDENTS = st.text("abcXYZ019-_", min_size=1, max_size=30)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of its own library's tests."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    ident, at = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330
    said = signature(secret, ident, at, b'{"test": 2432232314}')
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert spelled(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@given(IDENTS, st.binary(min_size=16, max_size=40))
def test_a_link_stops_what_it_was_made_for_and_no_other_secret_makes_it(
    ident: str, other: bytes
) -> None:
    link = stop_token(KEY, ident)
    assert ident_of(KEY, link) == ident
    assert (ident_of(other, link) == ident) is (other.rstrip(b"\0") == KEY)


@given(IDENTS, st.integers(0, 61), st.sampled_from("abcdef0123456789-é"))
def test_a_link_with_another_letter_stops_nothing(
    ident: str, at: int, letter: str
) -> None:
    link = stop_token(KEY, ident)
    at %= len(link)
    changed = link[:at] + letter + link[at + 1 :]
    assert ident_of(KEY, changed) == (ident if changed == link else "")


@given(st.text(max_size=80))
def test_whatever_is_asked_is_no_link_of_ours(said: str) -> None:
    assert ident_of(KEY, said) == ""


@given(IDENTS)
def test_a_webhook_is_not_signed_with_what_stops_it(ident: str) -> None:
    key = hook_key(KEY, ident)
    assert len(key) == 32
    assert key.hex()[:32] not in stop_token(KEY, ident)
