"""Ratios, classes and the Markdown table of a run."""
from . import entrants, tax
from .shape import CLASSES, classify
from .statistics import geometric_mean, median, ratio


class Row:
    """A shape's record, judged: the best peer that counts against the better of ours."""

    def __init__(self, record, shape):
        self.record, self.shape = record, shape
        self.name, self.kind = record["problem"], classify(shape)
        self.medians = {
            name: median(peer["samples"]) for name, peer in record["peers"].items()
            if peer.get("samples") and peer["counts"]}
        ours, others = [], []
        for name in self.medians:
            (ours if entrants.is_ours(name) else others).append(name)
        self.ours = min(ours, key=self.medians.get, default=None)
        self.best = min(others, key=self.medians.get, default=None)
        self.ratio = ratio(self._rounds(self.best), self._rounds(self.ours)) if self.ours and self.best else None

    def _rounds(self, name):
        peer = self.record["peers"][name]
        return dict(zip(peer["rounds"], peer["samples"]))

    def round_trips(self, *names):
        """Nanoseconds of a cache line between the cores, before each sample of these."""
        return [trip for name in names for trip in self.record["peers"][name].get("round_trips", []) if trip]

    def gflops(self, name, kind="nominal"):
        return self.record[kind + "_flops"] / self.medians[name] * 1e-9

    def peak_share(self, name):
        """Median over the rounds of useful GFLOP/s by the FMA peak of the same round."""
        peer = self.record["peers"][name]
        flops = self.record["useful_flops"] * 1e-9
        return median([flops / time / self.record["peak_gflops"][round]
                       for time, round in zip(peer["samples"], peer["rounds"])])


def judge(records, shapes):
    """Rows of those shapes that were measured, in their order."""
    by_text = {record["problem"]: record for record in records}
    return [Row(by_text[shape.text], shape) for shape in shapes if shape.text in by_text]


def last_line(rows, threads):
    ratios = [row.ratio[0] for row in rows if row.ratio]
    if not ratios:
        return f"geomean - min - shapes 0 threads {threads}"
    return f"geomean {geometric_mean(ratios):.2f} min {min(ratios):.2f} shapes {len(ratios)} threads {threads}"


def markdown(content, rows):
    """The whole report as Markdown text."""
    machine = content["machine"]
    parts = [
        f"# Side by side, {content['threads']} thread{'s' if content['threads'] > 1 else ''}", "",
        f"{machine['cpu']} ({machine['family_model_stepping']}), cores {machine['cores_used']} of "
        f"{machine['online_cpus']}; {_dates(rows)}; FMA peak {_peaks(rows)} GFLOP/s, measured in every round. "
        "GFLOP/s nominal (all taps) / useful (taps that touch data), medians over alternating rounds. A ratio is the "
        "best peer's median time over that of Atrous, with its 95 % bootstrap interval; over 1, Atrous is faster.", ""]
    parts += _classes(rows) + _distances(rows) + tax.section(rows) + _ratios(rows)
    parts += _table(content, rows) + _exceptions(rows) + _settings(content)
    return "\n".join(parts) + "\n" + last_line(rows, content["threads"]) + "\n"


def _dates(rows):
    dates = sorted({row.record["moment"]["date"][:10] for row in rows})
    return f"{dates[0]} to {dates[-1]}" if len(dates) > 1 else "".join(dates)


def _peaks(rows):
    peaks = [peak for row in rows for peak in row.record["peak_gflops"]]
    return f"{median(peaks):.0f} (least {min(peaks):.0f}, most {max(peaks):.0f})" if peaks else "?"


def _classes(rows):
    lines = [
        "## By class", "",
        "| class | shapes | geometric mean | least | intervals wholly below 1 |", "|:--|--:|--:|--:|--:|"]
    judged = [row for row in rows if row.ratio]
    groups = [(name, [row for row in judged if row.kind == name]) for name in CLASSES]
    groups.append(("all dilated", [row for row in judged if row.kind != "pointwise and dense controls"]))
    groups.append(("all", judged))
    for name, members in groups:
        if members:
            ratios = [row.ratio[0] for row in members]
            below = sum(row.ratio[2] < 1 for row in members)
            lines.append(f"| {name} | {len(members)} | {geometric_mean(ratios):.2f} | {min(ratios):.2f} | {below} |")
    return lines + [""]


def _distances(rows):
    """How far apart the cores were: in a virtual machine they may share a cache for minutes, and then not."""
    trips = [trip for row in rows for trip in row.round_trips(*row.record["peers"])]
    if not trips:
        return []
    limit = 3 * min(trips)
    lines = [
        "## Between the cores", "",
        f"A cache line takes {median(trips):.0f} ns to another core and back (least {min(trips):.0f}, most "
        f"{max(trips):.0f}): measured before {len(trips)} samples.", ""]
    near, far = [], []
    for row in rows:
        own = row.round_trips(row.ours, row.best) if row.ratio else []
        if own and max(own) < limit:
            near.append(row.ratio[0])
        elif own and min(own) >= limit:
            far.append(row.ratio[0])
    for side, ratios in (("under", near), ("over", far)):
        if ratios:
            lines.append(
                f"- All samples of Atrous and the best peer {side} {limit:.0f} ns: {len(ratios)} shapes, "
                f"geometric mean {geometric_mean(ratios):.2f}")
    return lines + [""]


def _ratios(rows):
    lines = [
        "## By shape", "",
        "| shape | Atrous | GFLOP/s nominal / useful | of peak, useful | best peer | nominal / useful | ratio "
        "| interval |",
        "|:--|:--|--:|--:|:--|--:|--:|:--|"]
    for row in rows:
        ours, best = row.ours, row.best
        cells = [row.name]
        for name, share in ((ours, True), (best, False)):
            cells += [name, f"{row.gflops(name):.0f} / {row.gflops(name, 'useful'):.0f}"] if name else ["–", "–"]
            if share:
                cells.append(f"{100 * row.peak_share(name):.0f} %" if name else "–")
        cells += [f"{row.ratio[0]:.2f}", f"[{row.ratio[1]:.2f}, {row.ratio[2]:.2f}]"] if row.ratio else ["–", "–"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines + [""]


def _table(content, rows):
    names = [name for name in entrants.ALL if any(name in row.record["peers"] for row in rows)]
    lines = [
        "## Everybody", "",
        "Nominal GFLOP/s, and in brackets useful GFLOP/s in % of the FMA peak of the same rounds. ×: error over the "
        "limit, does not count; ·: stopped after one round, over 4× the leader's time; –: does not run it.", "",
        "| shape | " + " | ".join(names) + " |", "|:--|" + "--:|" * len(names)]
    for row in rows:
        lines.append("| " + " | ".join([row.name, *(_cell(row, name) for name in names)]) + " |")
    return lines + [""]


def _cell(row, name):
    peer = row.record["peers"].get(name, {})
    if not peer.get("samples"):
        return "–"
    speed = row.record["nominal_flops"] / median(peer["samples"]) * 1e-9
    mark = "" if peer["counts"] else " ×"
    mark += " ·" if "stopped" in peer else ""
    bold = "**" if name in (row.best, row.ours) else ""
    return f"{bold}{speed:.3g}{bold} ({100 * row.peak_share(name):.0f}){mark}"


def _exceptions(rows):
    wrong, refused = [], {}
    for row in rows:
        for name, peer in row.record["peers"].items():
            if "samples" in peer and not peer["counts"]:
                wrong.append(f"- {name}, {row.name}: {peer['max_error']:.1e}")
            reason = peer.get("refused") or (peer.get("stopped", "") if "while" in peer.get("stopped", "") else "")
            if reason:
                refused.setdefault((name, reason), []).append(row.name)
    lines = ["## Errors over 1e-4, max|y − ref| / max|ref| against Float64", "", *(wrong or ["none"]), ""]
    lines += ["## Not run", ""]
    lines += [f"- {name}: {reason} ({len(texts)}: {'; '.join(texts[:4])}{' …' if len(texts) > 4 else ''})"
              for (name, reason), texts in refused.items()] or ["none"]
    return lines + [""]


def _settings(content):
    lines = ["## Versions and settings", ""]
    for name in entrants.ALL:
        if name in content["versions"]:
            lines.append(f"- {name} {content['versions'][name]}: {content['settings'].get(name, '')}")
    return lines + [""]
