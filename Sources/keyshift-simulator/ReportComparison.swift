import ArgumentParser
import AtlasSimulation
import FoundationEssentials

/// `--check-report`: prints a line for each project, and fails when one of them is wrong.
struct ReportComparison {
    var report: String
    var sheet: String?
    var wanted: Set<String>
    /// Whether right lines are left out.
    var isBrief: Bool

    func run(_ atlas: SimulatedAtlas?) throws {
        guard let atlas else { throw ValidationError("--state: there is no such file.") }
        func text(_ path: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        }
        let check = try ReportCheck(
            report: try text(report), sheet: try sheet.map(text), fleet: atlas.fleet, wanted: wanted,
            now: SimulatedWorld.now)
        for line in check.lines where !(isBrief && line.mistakes.isEmpty) {
            let verdict = line.mistakes.isEmpty ? "ok" : "WRONG: \(line.mistakes.joined(separator: "; "))"
            Console.output(
                "\(line.project)  \(Self.left(line.name, 24))  \(Self.left(line.result, 28))  "
                    + "\(Self.left(line.truth, 36))  \(verdict)")
        }
        guard check.isRight else {
            let rows = [("missing", check.missingCount), ("too many", check.extraCount)].filter { $0.1 > 0 }
            Console.output(
                "\(check.rightCount) of \(check.projectCount) projects are right; see WRONG above"
                    + rows.map { "; rows \($0.0): \($0.1)" }.joined())
            throw ExitCode(1)
        }
        Console.output(
            "\(check.rightCount) of \(check.projectCount) projects accounted for "
                + "and equal to the simulator's truth")
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
