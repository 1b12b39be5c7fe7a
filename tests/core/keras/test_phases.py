"""Who does what: the lines of both programs that are shown side by side, and their phases."""

from itertools import pairwise
from typing import Any

import pytest

from core import experiments
from core.keras.counterpart import counterpart
from core.keras.phases import PHASES, excerpt
from core.program import export
from core.program.script import Script
from core.run.spec import RunSpec

CONFIGS: list[tuple[str, dict[str, Any]]] = [
    ("linear_regression", {}),
    ("linear_regression", {"formulation": "module", "batch_size": 2}),
    ("iris", {"test_share": 0.2, "batch_size": 16, "weight_decay": 0.1}),
    ("char_rnn", {"cell": "lstm", "head": "linear", "sequence_length": 4}),
]


def both(experiment: str, values: dict[str, Any]) -> tuple[Script, Script]:
    config = experiments.config_class(experiment).checked(values)
    keras = counterpart(RunSpec(experiment, config)).script
    assert keras
    return export.script(RunSpec(experiment, config)), keras


@pytest.mark.parametrize(("experiment", "values"), CONFIGS)
def test_the_lines_are_those_of_the_programs_in_their_order(experiment: str, values: dict[str, Any]) -> None:
    for script in both(experiment, values):
        source = iter(script.source.splitlines())
        lines = excerpt(script)
        assert all(any(line.startswith(shown.text) for line in source) for shown in lines)
        assert not any("# " in line.text for line in lines)
        assert all(one.text or other.text for one, other in pairwise(lines))


@pytest.mark.parametrize(("experiment", "values"), CONFIGS)
def test_each_duty_is_found_on_both_sides(experiment: str, values: dict[str, Any]) -> None:
    pytorch, keras = ({phase: [line.text.strip() for line in excerpt(script) if line.phase == phase] for phase in PHASES}
                      for script in both(experiment, values))  # fmt: skip
    assert [text.split(" = ")[0] for text in pytorch["loss"]] in (["loss"], ["batch_loss"])
    assert pytorch["gradient"][0] == "optimizer.zero_grad()"
    assert pytorch["gradient"][1].endswith("loss.backward()")
    assert pytorch["update"][0].startswith("optimizer = torch.optim.")
    assert pytorch["update"][1:] == ["optimizer.step()"]
    assert [text.split("=keras.")[0] for text in (*keras["loss"], *keras["update"])] == ["loss", "optimizer"]
    assert [text.endswith("model.fit(") for text in keras["gradient"]] == [True]
