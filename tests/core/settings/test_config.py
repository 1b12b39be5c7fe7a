"""Config: bounds, errors that name the field, and the round trips through JSON and the link."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import experiments
from core.experiments.linear_regression.config import LinearRegressionConfig
from core.run.past import PastRun
from core.run.spec import RunSpec
from core.settings.config import OPTIMIZERS, ConfigError

finite = st.floats(-1e6, 1e6)
configs = st.builds(
    LinearRegressionConfig,
    lr=st.floats(1e-6, 10),
    optimizer=st.sampled_from(OPTIMIZERS),
    momentum=st.floats(0, 0.999),
    standardize=st.booleans(),
    standardize_y=st.booleans(),
    epochs=st.integers(1, 10_000),
    table=st.lists(st.tuples(finite, finite), max_size=20).map(tuple),
)


@given(configs)
def test_the_link_and_json_bring_back_every_config(config: LinearRegressionConfig) -> None:
    assert LinearRegressionConfig.from_link(config.to_link()) == config
    assert LinearRegressionConfig.model_validate_json(config.model_dump_json()) == config


def test_defaults_leave_the_link_empty() -> None:
    for name in experiments.names():
        assert experiments.config_class(name)().to_link() == {}


@pytest.mark.parametrize(
    ("field", "text", "bounds"),
    [
        ("lr", "99", "1e-06 … 10"),
        ("lr", "nan", "1e-06 … 10"),
        ("lr", "fast", "1e-06 … 10"),
        ("epochs", "0", "1 … 1000000"),
        ("optimizer", "Adagrad", "SGD | Momentum | Nesterov | RMSprop | Adam | AdamW"),
        ("table", "1,2;x,3", "1,1;2,2"),
    ],
)
def test_a_bad_value_is_named_with_its_bounds(field: str, text: str, bounds: str) -> None:
    with pytest.raises(ConfigError) as error:
        LinearRegressionConfig.from_link({field: text, "seed": "1"})
    (problem, *_) = error.value.problems
    assert (problem.field, problem.bounds) == (field, bounds)
    assert field in str(error.value)
    assert bounds in str(error.value)


@pytest.mark.parametrize(
    ("table", "row", "value"),
    [("1,2;x,3;y,4", 2, "x"), ("1,2;2,inf", 2, "inf"), ("1,2;3,4;5", 3, ["5"]), ("1,2,3;4,5", 1, ["1", "2", "3"])],
)
def test_a_bad_row_of_a_table_is_named(table: str, row: int, value: object) -> None:
    with pytest.raises(ConfigError) as error:
        LinearRegressionConfig.from_link({"table": table})
    [problem] = error.value.problems
    assert (problem.code, problem.row) == ("table_row", row)
    assert problem.value in (value, str(value)) or value in problem.value


def test_several_bad_values_are_all_named() -> None:
    with pytest.raises(ConfigError) as error:
        LinearRegressionConfig.from_link({"lr": "99", "momentum": "2"})
    assert {problem.field for problem in error.value.problems} == {"lr", "momentum"}


def test_parameters_that_are_no_field_are_left_alone_by_a_link_and_refused_by_code() -> None:
    assert LinearRegressionConfig.from_link({"run": "abc", "lang": "ko"}) == LinearRegressionConfig()
    with pytest.raises(ConfigError, match="bogus"):
        LinearRegressionConfig.checked({"bogus": 1})


def test_own_data_need_two_different_x() -> None:
    with pytest.raises(ConfigError, match="too_few_points"):
        LinearRegressionConfig.checked({"data": "own", "table": ((1, 1), (1, 2))})


def test_optimizers_are_found_in_any_case() -> None:
    assert LinearRegressionConfig.checked({"optimizer": "adamw"}).optimizer == "AdamW"


def test_every_field_says_whether_it_is_live() -> None:
    settings = LinearRegressionConfig.settings()
    assert {name for name, setting in settings.items() if setting.liveness == "live"} == {"lr", "momentum", "weight_decay", "batch_size"}
    assert all(setting.default is not None for setting in settings.values())


def test_a_run_holds_only_what_it_uses() -> None:
    own = LinearRegressionConfig(data="own", table=((1, 7), (2, 9)), W0=5.0)
    assert own.used().to_link() == {"data": "own", "table": "1.0,7.0;2.0,9.0"}
    assert own.replace(data="points").used() == LinearRegressionConfig()
    earlier = PastRun(RunSpec("linear_regression", LinearRegressionConfig()), np.zeros(1, int), {})
    assert earlier.label(own.used()) == {"data": "points"}, "of a table that it did not use it says nothing"


def test_a_field_applies_only_where_it_has_an_effect() -> None:
    momentum = LinearRegressionConfig.settings()["momentum"]
    assert not momentum.applies(LinearRegressionConfig())
    assert momentum.applies(LinearRegressionConfig(optimizer="Nesterov"))
