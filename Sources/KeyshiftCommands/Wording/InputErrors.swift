import TargetFiles
import FleetCSV
import JobRunner
import MigrationCore
import Reporting

/// The problems of a sheet and a target file as `file:line:column: message` lines.
enum InputErrors {
    static func text(_ lines: [Prose], further: Int, isCut: Bool = false) -> Prose {
        let rest: [Prose] =
            (further > 0 ? ["… and \(further) more."] : [])
            + (isCut ? ["Reading was broken off; there may be more."] : [])
        let count = lines.count + further
        return (lines + rest + ["\(count) problem\(count == 1 ? "" : "s"); nothing was written."]).joined(
            separator: "\n")
    }

    static func explain(_ error: any Error, csv: String, target: String) -> any Error {
        let name = csv == "-" ? "standard input" : csv
        switch error {
        case FleetImport.Failure.missing:
            return CommandError(.inputMissing, "\(name): no such file; nothing was written.")
        case FleetImport.Failure.unreadable(_, let detail):
            return CommandError(.inputMissing, "\(name): can't be read: \(detail); nothing was written.")
        case FleetImport.Failure.secretInPath(let held):
            return CommandError(
                .badData,
                "the path of the sheet: \(held.message(column: nil)). Rename the file or its folder; nothing was "
                    + "written."
            )
        case FleetImport.Failure.noProjects:
            return CommandError(
                .badData,
                "\(name):1:1: the sheet has a header and no projects; add a row for each. Nothing was written."
            )
        case FleetImport.Failure.problems(let list, let targets):
            let lines: [Prose] =
                list.kept.map { "\(name):\($0.position.line):\($0.position.column): \($0.message)" }
                + targets.prefix(ProblemList.limit).map {
                    "\(target):\($0.position.line):\($0.position.column): \($0.message)"
                }
            let further = list.furtherCount + max(0, targets.count - ProblemList.limit)
            return CommandError(.badData, text(lines, further: further, isCut: list.isCut))
        default: return error
        }
    }
}
