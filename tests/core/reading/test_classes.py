"""A table as samples with a class: which columns are taken, what is left out and said, and what is refused with a way out."""

import pytest

from core.experiments.iris.config import IrisConfig
from core.reading import words
from core.reading.classes import classified, default_features, default_target
from core.reading.errors import ReadingError
from core.reading.table import Table, read
from core.settings.limits import limits

FRUIT = (
    "name;kind;weight;length;ripe\n"
    "f1;apple;150,5;7,5;1\nf2;apple;?;7;0\nf3;pear;160;12;1\nf4;banana;120;18;0\nf5;unknown;1;1;1\n"
    "f6;banana;118,25;19,5;x\nf7;apple;140;7;0\nf8;cherry;8;2;0\nf9;banana;1e99;17;1\nf10;pear;170;13;1\n"
)


def table(text: str) -> Table:
    return read(text.encode())


def test_words_that_repeat_are_the_classes_and_numbers_are_learned_from() -> None:
    fruit = table(FRUIT)
    assert (default_target(fruit), default_features(fruit, 2)) == (2, (3, 4, 5))
    found = classified(fruit, 2, (4, 3))
    assert found.columns == ("weight", "length")
    assert found.classes == ("apple", "banana", "pear")
    assert list(found.rows) == [
        (150.5, 7.5, 0), (160.0, 12.0, 2), (120.0, 18.0, 1), (118.25, 19.5, 1), (140.0, 7.0, 0), (170.0, 13.0, 2),
    ]  # fmt: skip
    assert list(found.counts) == [2, 2, 2]
    assert [(cell.line, cell.place, cell.why) for cell in found.left_out] == [
        (3, 3, "missing"), (6, 2, "missing"), (9, 2, "alone"), (10, 3, "too_large"),
    ]  # fmt: skip
    assert words.left_out(found.left_out).startswith("Rows left out: 4 – line 3: “?” (no value); line 6: “unknown” (no value); line 9: ")
    assert "“cherry” (the only row of its class)" in words.left_out(found.left_out)
    assert IrisConfig.checked({"data": "own", **found.settings(IrisConfig.settings())}).table == found.rows


def test_numbers_are_classes_as_numbers_in_their_order() -> None:
    found = classified(table("x,grade\n" + "".join(f"{x},{x % 3 + 9}{'.0' * (x % 2)}\n" for x in range(12))), 2)
    assert found.classes == ("9", "10", "11")
    assert found.counts == (4, 4, 4)
    assert found.columns == ("x",)


def test_names_are_one_line_short_and_distinct() -> None:
    long = "x" * 50
    rows = "".join(f"{x},{x},{x},{x},{kind}{long}\n" for x, kind in enumerate("ababab"))
    found = classified(table(f'"a\nb",size,size,{long},\n{rows}'), 5)
    assert found.columns == ("a b", "size (2)", "size (3)", f"{'x' * 39}…")
    assert [len(name) for name in found.classes] == [40, 40]
    IrisConfig.checked({"data": "own", **found.settings(IrisConfig.settings())})


def test_columns_for_which_there_is_no_room_are_named() -> None:
    count = limits().table_features + 2
    header = ",".join(f"x{place}" for place in range(count))
    rows = "".join(",".join(str(row + place) for place in range(count)) + f",{'ab'[row % 2]}\n" for row in range(6))
    wide = table(f"{header},kind\n{rows}")
    found = classified(wide, count + 1)
    assert len(found.columns) == limits().table_features
    assert words.no_room(wide, found) == f"At most {limits().table_features} columns are learned from; left out: x12, x13"
    with pytest.raises(ReadingError) as caught:
        classified(wide, count + 1, range(1, count + 1))
    assert words.error(caught.value) == "14 columns are chosen; at most 12 can be learned from. Leave some out."


@pytest.mark.parametrize(
    ("text", "target", "said"),
    [
        ("x,k\n1,a\n2,a\n3,b\n", 2, "The column k tells no two classes apart that have two rows each: choose another column"),
        ("k,l\na,b\na,b\nc,b\nc,b\n", 1, "There is no column of numbers to learn from beside the classes: choose another column"),
        (
            "x,k\n" + "".join(f"{row},{'abcdefghijk'[row % 11]}\n" for row in range(33)), 2,
            "The column k holds 11 classes; at most 10 can be told apart. Choose another column for the classes.",
        ),
        (
            "x,k\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(limits().table_samples + 1)), 2,
            "2,001 rows can be learned from; at most 2,000 are taken. Keep a part of the file.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_is_refused_with_the_way_out(text: str, target: int, said: str) -> None:
    with pytest.raises(ReadingError) as caught:
        classified(table(text), target)
    assert words.error(caught.value).startswith(said)
