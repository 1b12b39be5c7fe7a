"""The stage's own words in the visitor's language; names of fields and choices come from the page."""

from ui.locale import _


def labels() -> dict[str, str]:
    """Every word that the stage itself says, by name."""
    return {
        "stage": _("Training, live"),
        "connecting": _("Connecting…"),
        "reconnecting": _("Reconnecting…"),
        "gone": _("This run is no longer there."),
        "train": _("Train"),
        "pause": _("Pause"),
        "step": _("Step"),
        "reset": _("Reset"),
        "speed": _("Steps per second"),
        "a_second": _("{n}/s"),
        "max": _("max"),
        "unsent": _("That did not reach the server. Press again."),
        "progress": _("Progress of the run"),
        "rate": _("{rate} steps/s"),
        "rate_behind": _("{rate} of {speed} steps/s"),
        "slowed": _("pictures slowed: busy"),
        "no_data": _("Nothing to show yet."),
        "put_away": _("Put this note away"),
        "read_note": _("Read all of this note"),
        "panels": _("Panels: show, hide, move"),
        "arrange_anew": _("Arrange as at first"),
        "move_earlier": _("Move “{panel}” forward"),
        "move_later": _("Move “{panel}” back"),
        "enlarge": _("Enlarge “{panel}” (F)"),
        "shrink": _("Back to all panels (Esc)"),
        "hide": _("Hide “{panel}”"),
        "watching": _("You are watching this run; whoever sent you the link steers it."),
        "log_scale": _("log scale"),
        "past": _("Earlier runs"),
        "same_settings": _("same settings"),
        "restore": _("Bring back the settings of this run: {label}"),
        "forget": _("Take this earlier run away: {label}"),
        "download": _("Download CSV"),
        "picture": _("Download as a picture (PNG)"),
        "drawing": _("Download as a drawing (SVG)"),
        "autoscale": _("Show all of it"),
        "on": _("on"),
        "off": _("off"),
        "message.other": _("The run stopped with this error:"),
        "broken": _("This picture could not be drawn, the run goes on: {error}"),
        **statuses(),
    }


def statuses() -> dict[str, str]:
    """What a run is doing, by `status.<name>`."""
    return {
        "status.queued": _("Queued"),
        "status.running": _("Running"),
        "status.paused": _("Paused"),
        "status.finished": _("Finished"),
        "status.stopped": _("Stopped"),
        "status.diverged": _("Diverged"),
        "status.failed": _("Failed"),
    }
