"""What can be searched, as it is written and refused."""

import pytest

from core import experiments
from core.experiments.iris.config import IrisConfig
from core.search.command import REFUSALS, refusal
from core.search.space import SearchError, grid, proposals, read
from core.search.spec import SearchSpec
from core.settings.config import ConfigError

CONFIG = IrisConfig()


@pytest.mark.parametrize(
    "text",
    ["lr=0.0001..0.3:log", "weight_decay=0.0..0.1", "batch_size=8..64", "hidden=4|10|10,10", "optimizer=SGD|Adam", "standardize=0|1"],
)
def test_a_dimension_is_read_as_it_is_written(text: str) -> None:
    assert str(read(text, CONFIG)) == text


def test_choices_are_written_as_a_config_writes_them() -> None:
    assert read("optimizer=adam|ADAM|sgd", CONFIG).choices == ("Adam", "SGD")


@pytest.mark.parametrize(
    ("over", "given", "code", "named"),
    [
        (["lr=0.3..1e-4:log"], {}, "range_reversed", "lr=0.0001..0.3"),
        (["lr="], {}, "range_empty", "lr=0.0001..1.0:log"),
        (["lr=0.1..0.1"], {}, "range_empty", "--set lr=0.1"),
        (["lr=a..1"], {}, "range_empty", "1e-06 … 10"),
        (["weight_decay=0..1:log"], {}, "log_of_zero", "weight_decay=0.001..1.0:log"),
        (["lr=0.1..0.2:cubic"], {}, "unknown_scale", "log | linear"),
        (["batch_size=0.5..8"], {}, "not_whole", "0.5"),
        (["hidden=4..10"], {}, "only_choices", "hidden=4|10|32"),
        (["table=1..2"], {}, "not_searchable", "lr"),
        (["lr=0.1..0.3"], {"turns": "20"}, "turn_unreadable", "64:128:lr=0.1..0.3"),
        (["lr=0.1..0.3"], {"turns": "20:84:hidden=4|10"}, "turn_unreadable", "64:128:lr=0.1..0.3"),
        (["lr=0.1..0.3"], {"turns": "20:63:lr=0.1..0.2"}, "out_of_bounds", "64 … 1024"),
        (["lr=0.1..0.3"], {"turns": "64:65:lr=0.1..0.2~64:66:lr=0.1..0.2"}, "out_of_bounds", "65 … 1024"),
        (["speed=1..2"], {}, "unknown_field", "lr"),
        (["seed=0..9"], {}, "budget", "--seeds"),
        ([], {}, "nothing_searched", "--over"),
        (["lr=0.1..0.2", "lr=0.1|0.2"], {}, "searched_twice", "lr"),
        (["lr=0.1..0.2"], {"sampler": "cmaes"}, "too_few_ranges", "tpe"),
        (["hidden=1|2|3|4", "activation=relu|tanh"], {"sampler": "grid", "trials": "7"}, "grid_too_large", "--trials 8"),
        (["lr=0.1..0.2"], {"trials": "1025"}, "out_of_bounds", "1 … 1024"),
        (["lr=0.1..0.2"], {"trials": "1024", "seeds": "10"}, "too_many_members", "1 … 204"),
        (["lr=0.1..0.2"], {"sampler": "genetic"}, "not_one_of", "tpe"),
    ],
)
def test_what_is_refused_is_named_with_a_way_out(over: list[str], given: dict[str, str], code: str, named: str) -> None:
    with pytest.raises(SearchError) as refused:
        SearchSpec.read("iris", CONFIG, over, **given)
    assert refused.value.code == code
    assert named in refusal(refused.value)
    assert code in REFUSALS


@pytest.mark.parametrize("over", ["lr=1e-9..0.3:log", "dropout=0|0.95", "hidden=4|65"])
def test_a_value_that_the_config_does_not_take_is_named_with_its_bounds(over: str) -> None:
    with pytest.raises(ConfigError) as refused:
        SearchSpec.read("iris", CONFIG, [over])
    assert refused.value.problems[0].field == over.split("=", maxsplit=1)[0]
    assert refused.value.problems[0].bounds


def test_a_grid_takes_as_many_values_as_its_budget_allows() -> None:
    over = [read("lr=0.001..0.1:log", CONFIG), read("hidden=4|10", CONFIG)]
    made = grid(over, 11)
    assert len(made) == 10  # 5 × 2; 6 × 2 is more than 11
    assert sorted({values["lr"] for values in made}) == pytest.approx([0.001, 10**-2.5, 0.01, 10**-1.5, 0.1])


def test_whole_numbers_of_a_grid_do_not_repeat() -> None:
    assert read("batch_size=2..5", CONFIG).grid(9) == (2, 3, 4, 5)


@pytest.mark.parametrize("experiment", experiments.names())
def test_every_field_that_can_be_searched_has_a_range_to_begin_with(experiment: str) -> None:
    config = experiments.config_class(experiment)()
    proposed = proposals(config)
    assert "lr" in proposed
    for dimension in proposed.values():
        assert read(str(dimension), config) == dimension


def test_a_search_comes_back_from_its_link() -> None:
    config = CONFIG.replace(test_share=0.3, epochs=50)
    over = ["lr=0.001..0.1:log", "hidden=4|10,10"]
    spec = SearchSpec.read("iris", config, over, sampler="random", goal="best_test_loss", pruner="halving", seeds="3")
    link = spec.to_link()
    again = SearchSpec.read(
        link["of"], IrisConfig.from_link(link), link["over"].split(";"), **{k: link[k] for k in ("sampler", "goal", "pruner", "seeds")}
    )
    assert again == spec


def test_a_range_is_narrowed_and_never_grows() -> None:
    lr = read("lr=0.001..0.1:log", CONFIG)
    assert (lr.narrowed(0.01, 9).low, lr.narrowed(0.01, 9).high) == (0.01, 0.1)
    with pytest.raises(SearchError):
        lr.narrowed(0.2, 0.3)
    assert read("hidden=4|10|32", CONFIG).among(["32", "4"]).choices == ("4", "32")
