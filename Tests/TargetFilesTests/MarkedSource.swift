import FleetCSV
import TargetFiles

/// A target file with ⟦n⟧ in front of each place that should get a problem: a test shows what it expects where.
struct MarkedSource {
    var text: String
    /// By number.
    var places: [SourcePosition] = []

    init(_ marked: String) {
        var plain = String.UnicodeScalarView()
        var position = SourcePosition.start
        for scalar in marked.unicodeScalars {
            if scalar == "⟦" {
                places.append(position)
                continue
            }
            plain.append(scalar)
            position.column += 1
            if scalar == "\n" { position = SourcePosition(line: position.line + 1, column: 1) }
        }
        text = String(plain)
    }

    /// The problems of the text, in order; empty when it is good.
    static func problems(_ text: String) -> [TargetProblem] {
        do throws(TargetProblems) {
            _ = try TargetFile.parse(text)
            return []
        } catch {
            return error.list
        }
    }

    /// A target file around the lines of a provider's object.
    static func google(_ lines: String) -> String {
        "keyshift: 1\nname: x\ntarget:\n  googleCloudKms:\n"
            + lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
}
