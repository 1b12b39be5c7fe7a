"""Toy: a weight finds its slope."""

from ui.bench.controls import FieldText
from ui.bench.workbench import Workbench
from ui.locale import _
from ui.stage import Chart, Readout, Readouts, Trace

bench = Workbench("toy", {"rows": FieldText(_("Rows")), "slope": FieldText(_("Slope")), "shrink": FieldText(_("Shrink"))})
with bench.settings() as controls:
    controls.live(["lr", "shrink"])
    controls.structural(["rows", "slope", "optimizer", "epochs"])
bench.stage(
    _("Toy"),
    _("A weight finds its slope."),
    [
        Readouts("numbers", _("Numbers now"), [Readout(_("loss"), "loss", 6, "loss")]),
        Chart("loss", _("Loss"), [Trace(_("loss"), ("step", "loss"), color="loss")], x_title=_("epoch"), alt=_("Loss {loss} at {step}.")),
    ],
)
bench.tabs(_("What you see"))
