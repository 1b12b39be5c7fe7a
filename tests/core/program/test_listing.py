"""Which lines of a listing are lit."""

from hypothesis import given
from hypothesis import strategies as st

from core.program.listing import Listing, touched

BEFORE = "a\nb\nc\nd"


def test_what_is_new_is_lit_until_something_else_is() -> None:
    listing = Listing(BEFORE, "en").followed_by("a\nB\nc\nd\ne\nf", "en")
    assert (listing.lit, listing.lit_spans) == ((2, 5, 6), "2, 5–6")
    assert listing.followed_by(listing.source, "en") is listing
    assert listing.followed_by(BEFORE, "en").lit == (2,)


def test_another_language_lights_nothing() -> None:
    assert Listing(BEFORE, "en").followed_by("가\n나", "ko").lit == ()


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_without_the_lit_lines_nothing_new_is_left(before: list[str], after: list[str]) -> None:
    lit = touched("\n".join(before), "\n".join(after))
    rest = iter(before)
    assert all(line in rest for number, line in enumerate(after, start=1) if number not in lit)  # a subsequence
