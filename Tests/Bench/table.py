"""The figures of all rows: medians, and ratios that were taken within one round."""
import statistics
import sys


class Figures:
    """What one line of the table says, round by round."""

    def __init__(self, row, name, unit, ratio_to=None, note=""):
        self.row, self.name, self.unit, self.ratio_to, self.note = row, name, unit, ratio_to, note
        self.values, self.ratios = [], []

    def add(self, value, base=None):
        self.values.append(value)
        if base:
            self.ratios.append(value / base)
        print(f"  {self.row}  {self.name}: {self.text(value)}", file=sys.stderr)

    @staticmethod
    def text(value):
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"

    def line(self):
        ratio = f"{statistics.median(self.ratios):.2f} × {self.ratio_to}" if self.ratios else ""
        value = f"{self.text(statistics.median(self.values))} {self.unit}" if self.values else "-"
        return [self.row, self.name, value, ratio, self.note]

    def json(self):
        found = {"row": self.row, "name": self.name, "unit": self.unit, "values": self.values, "note": self.note}
        if self.values:
            found["median"] = statistics.median(self.values)
        if self.ratios:
            found["ratio"] = {"to": self.ratio_to, "median": statistics.median(self.ratios), "values": self.ratios}
        return found


class Table:
    def __init__(self, machine):
        self.machine, self.figures = machine, []

    def line(self, row, name, unit, ratio_to=None, note=""):
        """The line of that name, made when it is new."""
        for known in self.figures:
            if (known.row, known.name) == (row, name):
                return known
        self.figures.append(Figures(row, name, unit, ratio_to, note))
        return self.figures[-1]

    def show(self):
        print(f"\n{self.machine['date']}, commit {self.machine['commit']}, {self.machine['cores']} cores, "
              f"{self.machine['system']}\n")
        lines = [["row", "what", "median", "ratio", "note"]] + [figures.line() for figures in self.figures]
        widths = [max(len(line[column]) for line in lines) for column in range(5)]
        for line in lines:
            print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())

    def json(self):
        return {"schema": 1, "machine": self.machine, "lines": [figures.json() for figures in self.figures]}
