"""The dilation tax: time per useful FLOP at rate d over that at rate 1, of shapes that differ in nothing else."""
from dataclasses import replace

from .statistics import geometric_mean

LIVE = 0.7                             # from this share of taps that touch data on, a rate counts for the mean


class Family:
    """Rows of one shape at several rates, the undilated one first."""

    def __init__(self, rows):
        self.rows = sorted(rows, key=lambda row: row.shape.w.dilation)

    @property
    def name(self):
        return self.rows[0].name

    def taxes(self, who):
        """Rate → tax, from shares of the peak, so that what the machine's clock did between shapes falls out."""
        base = self.rows[0].peak_share(who(self.rows[0]))
        return {row.shape.w.dilation: base / row.peak_share(who(row)) for row in self.rows[1:]}

    def live(self, rate):
        shape = next(row.shape for row in self.rows if row.shape.w.dilation == rate)
        return shape.useful_flops / shape.nominal_flops


def families(rows):
    """Shapes with one rate on both axes and outputs as large as inputs, where rate 1 and two others were measured."""
    groups = {}
    for row in rows:
        shape = row.shape
        if row.ratio and shape.h.dilation == shape.w.dilation and shape.h.output == shape.h.input > 1:
            plain = [replace(axis, dilation=1, before=0, after=0) for axis in (shape.h, shape.w)]
            groups.setdefault(replace(shape, h=plain[0], w=plain[1], text=""), []).append(row)
    found = [Family(group) for group in groups.values() if len(group) > 2]
    return [family for family in found if family.rows[0].shape.w.dilation == 1]


def ours(row):
    return row.ours


def best(row):
    return row.best


def section(rows):
    """Lines of Markdown, none without a family."""
    found = families(rows)
    if not found:
        return []
    rates = sorted({row.shape.w.dilation for family in found for row in family.rows[1:]})
    lines = [
        "## Dilation tax", "",
        "Time per useful FLOP at rate d over that at rate 1, by shares of the FMA peak of the same rounds, Atrous / "
        f"the best peer of each shape; in brackets where fewer than {100 * LIVE:.0f} % of the taps touch data.", "",
        "| shape | " + " | ".join(f"d{rate}" for rate in rates) + " |", "|:--|" + "--:|" * len(rates)]
    for family in found:
        mine, theirs = family.taxes(ours), family.taxes(best)
        cells = [_cell(family, rate, mine, theirs) if rate in mine else "–" for rate in rates]
        lines.append("| " + " | ".join([family.name, *cells]) + " |")
    return lines + ["", *_summary(found), ""]


def _cell(family, rate, mine, theirs):
    text = f"{mine[rate]:.2f} / {theirs[rate]:.2f}"
    return text if family.live(rate) >= LIVE else f"({text})"


def _summary(found):
    for who, name in ((ours, "Atrous"), (best, "the best peer")):
        taxes = [tax for family in found for rate, tax in family.taxes(who).items() if family.live(rate) >= LIVE]
        if taxes:
            yield (f"- {name}, where {100 * LIVE:.0f} % of the taps and more touch data ({len(taxes)} points): "
                   f"geometric mean {geometric_mean(taxes):.2f}, worst {max(taxes):.2f}")
