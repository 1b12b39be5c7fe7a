"""Every limit of Stepwise in one place; each can be set by an environment variable `STEPWISE_<NAME>`."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseSettings):
    """Bounds that protect a shared machine. Counts unless the name says a unit."""

    model_config = SettingsConfigDict(env_prefix="STEPWISE_", frozen=True)

    epochs: int = Field(1_000_000, ge=1)
    table_rows: int = Field(10_000, ge=2)
    table_features: int = Field(12, ge=1, description="columns of a learner's table that a classifier is given")
    table_classes: int = Field(10, ge=2, le=10, description="as many as there are colours and marks for")
    table_samples: int = Field(2_000, ge=4, description="rows of a learner's table that a classifier learns and draws")
    upload_bytes: int = Field(8_000_000, ge=1)
    text_characters: int = Field(2_000_000, ge=2)
    text_pieces: int = Field(50_000, ge=1, description="sequences that a text is cut into; each takes a kilobyte and a half")
    model_parameters: int = Field(5_000_000, ge=1)
    iteration_floats: int = Field(50_000_000, ge=1, description="activations of one iteration; three times as much with gradients")
    history_rows: int = Field(20_000, ge=100)
    checkpoint_bytes: int = Field(8_000_000, ge=0, description="what a run keeps of its past, to come back to any row of it")
    run_minutes: float = Field(60.0, gt=0)
    runs_at_once: int = Field(500, ge=1)
    runs_per_visitor: int = Field(8, ge=1)
    least_speed: float = Field(3.0, ge=0, description="steps/s: where most who train get fewer, the next visitor waits; 0: nobody does")
    unwatched_pause_seconds: float = Field(120.0, gt=0)
    unwatched_drop_seconds: float = Field(3600.0, gt=0)
    keras_seconds: float = Field(120.0, gt=0)
    keras_at_once: int = Field(2, ge=1)
    search_trials: int = Field(1_024, ge=1)
    search_members: int = Field(2_048, ge=1, description="runs of all trials of a search together, each seed one")
    search_parameters: int = Field(20_000_000, ge=1, description="parameters of the networks of a search that are trained side by side")
    search_minutes: float = Field(20.0, gt=0)
    searches_at_once: int = Field(2, ge=1, description="each has processes of its own; further ones wait")
    search_processes: int = Field(8, ge=1, description="that train one search side by side, but no more than there are workers")
    workers: int = Field(0, ge=0, description="CPU worker processes; 0 means one for each core")


@cache
def limits() -> Limits:
    """The limits in force, read from the environment once."""
    return Limits()
