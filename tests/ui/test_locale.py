"""Both languages say everything: the catalogue matches the code, and a Korean page shows no English sentence."""

import ast
import re
import threading
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from pages.char_rnn import words as char_rnn_words
from pages.iris import words as iris_words
from ui import locale
from ui.by_hand.words import drawing, expressions
from ui.locale import _, catalogue, ngettext, particles
from ui.locale import __main__ as command
from ui.stage.labels import labels
from ui.stage.loop_panel import loop_panel

HANGUL = re.compile("[가-힣]")
WORDS = re.compile(r"[A-Za-z][A-Za-z-]{2,}")


def _calls(path: Path) -> list[ast.Call]:
    """The calls of `_`, `N_` and `ngettext` in a file."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in calls if getattr(call.func, "id", "") in catalogue.KEYWORDS]


def _literals(call: ast.Call) -> list[str]:
    return [argument.value for argument in call.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]


def test_the_catalogue_has_no_problem() -> None:
    assert catalogue.problems(catalogue.extract(), catalogue.read()) == []


def test_the_catalogue_is_as_the_command_writes_it() -> None:
    written = catalogue.text(catalogue.updated(catalogue.extract(), catalogue.read(), prune=True))
    assert catalogue.KOREAN.read_text(encoding="utf-8") == written


def test_no_sentence_is_marked_inside_an_f_string() -> None:
    """Python before 3.12 gives such a string to the reader as one piece: the catalogue would depend on who writes it."""
    nodes = [(path, node) for path in catalogue.sources() for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    formatted = [(path, call) for path, node in nodes if isinstance(node, ast.JoinedStr) for call in ast.walk(node)]
    calls = [(path.name, call) for path, call in formatted if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]
    assert [(name, call.lineno) for name, call in calls if getattr(call.func, "id", "") in catalogue.KEYWORDS and _literals(call)] == []


@pytest.mark.parametrize(
    ("written", "fitted"),
    [
        ("`a1`은(는) 이미", "`a1`은 이미"),
        ("`a ** 2`을(를) 읽을", "`a ** 2`를 읽을"),
        ("Adam와(과) SGD은(는)", "Adam과 SGD는"),
        ("손실 0.00016이(가)", "손실 0.00016이"),
        ("클리핑 0.03(으)로, 1(으)로, 2(으)로", "클리핑 0.03으로, 1로, 2로"),
        ("“사과”이(가) “감”이(가)", "“사과”가 “감”이"),
    ],
)
def test_a_particle_goes_with_the_word_before_it(written: str, fitted: str) -> None:
    assert particles.fitted(written) == fitted


def test_what_the_browser_fills_in_needs_no_particle_to_choose() -> None:
    """Its templates are filled in JavaScript, which chooses none."""
    locale.use("ko")
    said = [*labels().values(), *drawing().values(), *expressions().values(), str(loop_panel().spec()), *char_rnn_words.remedies().values()]
    said += [*char_rnn_words.sentences().values(), *iris_words.findings().values(), *iris_words.remedies().values()]
    locale.use("en")
    assert [text for text in said if re.search(r"\((는|가|를|과|와|으)\)", text)] == []


def test_every_sentence_in_the_code_is_found() -> None:
    """Babel reads the files by itself; Python's own parser must find the same sentences."""
    sources = {path.relative_to(catalogue.ROOT).as_posix(): path for path in catalogue.sources()}
    parsed = {text for path in sources.values() for call in _calls(path) for text in _literals(call)}
    extracted = {
        text
        for message in catalogue.entries(catalogue.extract())
        if any(name in sources for name, _ in message.locations)
        for text in (message.id if isinstance(message.id, tuple | list) else [message.id])
    }
    assert parsed == extracted


def test_the_code_says_whole_sentences() -> None:
    """An f-string or a sum is not in any catalogue: the values come after the translation."""
    built = [
        f"{path.relative_to(catalogue.ROOT)}:{call.lineno}"
        for path in catalogue.sources()
        for call in _calls(path)
        if call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert built == []


def test_korean_is_korean() -> None:
    """Only names and formulas may stay as they are."""
    english = [
        message.id
        for message in catalogue.entries(catalogue.read())
        if message.string
        and not HANGUL.search(str(message.string))
        and len(WORDS.findall(catalogue.PLACEHOLDER.sub("", str(message.id)))) > 1
    ]
    assert english == []


def _catalogue(**entries: str) -> Catalog:
    made = Catalog(locale="ko")
    for message, translation in entries.items():
        made.add(message, translation)
    return made


@pytest.mark.parametrize(
    ("code", "korean", "problem"),
    [
        ({"Train": ""}, {"Train": "학습"}, None),
        ({"Train": ""}, {}, "not in ko.po"),
        ({"Train": ""}, {"Train": ""}, "not translated"),
        ({}, {"Train": "학습"}, "nothing says this any more"),
        ({"lr {lr}": ""}, {"lr {lr}": "학습률"}, "placeholders differ"),
        ({"lr {lr}": ""}, {"lr {lr}": "학습률 {lr:.2f}"}, None),
    ],
)
def test_problems(code: dict[str, str], korean: dict[str, str], problem: str | None) -> None:
    found = catalogue.problems(_catalogue(**code), _catalogue(**korean))
    assert [entry.split(":")[0] for entry in found] == ([problem] if problem else [])


def test_fuzzy_is_a_problem() -> None:
    korean = Catalog(locale="ko")
    korean.add("Train", "학습", flags=["fuzzy"])
    assert catalogue.problems(_catalogue(Train=""), korean) == ["marked fuzzy: 'Train'"]


def test_update_keeps_translations_and_prunes_only_when_told() -> None:
    code, korean = _catalogue(Train="", Pause=""), _catalogue(Train="학습", Gone="사라짐")
    kept = catalogue.updated(code, korean, prune=False)
    pruned = catalogue.updated(code, korean, prune=True)
    assert {message.id: message.string for message in catalogue.entries(kept)} == {
        "Train": "학습", "Pause": None, "Gone": "사라짐",
    }  # fmt: skip
    assert {message.id for message in catalogue.entries(pruned)} == {"Train", "Pause"}


def test_merge_takes_a_fragment_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fragment, korean = tmp_path / "fragment.po", tmp_path / "ko.po"
    fragment.write_text(catalogue.text(_catalogue(Train="배우기")), encoding="utf-8")
    monkeypatch.setattr(catalogue, "KOREAN", korean)
    monkeypatch.setattr(catalogue.read, "__defaults__", (korean,))
    monkeypatch.setattr(catalogue.write, "__defaults__", (korean,))
    assert command.main(["merge", str(fragment)]) == 0
    assert catalogue.read(korean).get("Train").string == "배우기"  # type: ignore[union-attr]
    assert command.main(["check"]) == 1, "everything else is untranslated in this file"


def test_languages_are_each_visitors_own() -> None:
    """A thread, as each script run is one, begins with the source language whatever another speaks."""
    heard: list[str] = []

    def visit() -> None:
        heard.append(_("Train"))
        locale.use("ko")
        heard.append(_("Train"))

    visitor = threading.Thread(target=visit)
    visitor.start()
    visitor.join()
    assert heard[0] == "Train"
    assert HANGUL.search(heard[1])
    assert _("Train") == "Train"


def test_unknown_language() -> None:
    with pytest.raises(ValueError, match="ko, en"):
        locale.use("fr")


def test_values_fill_the_placeholders() -> None:
    assert _("Loss {loss} at epoch {step}.", loss=0.5, step=3) == "Loss 0.5 at epoch 3."
    assert _("Loss {loss} at epoch {step}.") == "Loss {loss} at epoch {step}.", "without values it is a template"


def test_counts() -> None:
    assert [ngettext("one run", "{n} runs", n) for n in (1, 2)] == ["one run", "2 runs"]
