import AtlasAPI
package import MigrationCore

/// The retry table for people, made from the very rules that decide: `help retries` and the README print it.
package struct RetryTableText: Sendable {
    struct Row: Hashable, Sendable {
        var status: String
        /// Empty: every code, and none.
        var codes: [String]
        var meaning: String
        /// What keyshift does, with its number.
        var limit: String
    }

    let rows: [Row]

    package init(settings: RunSettings = RunSettings()) {
        let limits = RetryLimits(settings: settings)
        var rows: [Row] = []
        for rule in RetryTable.rules {
            // Both are told apart from the rule that would match by more than status and code.
            if rule.verdict == .unauthorised {
                rows.append(
                    Row(
                        status: "401", codes: [],
                        meaning: "a digest challenge that has expired on a warm connection",
                        limit: limits.text(.staleChallenge)))
            }
            if rule.verdict == .transient, rule.statuses.contains(500) {
                let age = DurationText.format(RetryTable.youngRoleAge)
                rows.append(
                    Row(
                        status: "500", codes: [], meaning: "the target's role was made less than \(age) ago",
                        limit: limits.text(.youngRole)))
            }
            rows.append(
                Row(
                    status: Self.status(rule.statuses), codes: rule.codes, meaning: rule.meaning,
                    limit: limits.text(rule.verdict)))
        }
        rows.append(
            Row(
                status: "other", codes: [],
                meaning: "no answer of Atlas's: a gateway's or a sign-in page's, whatever its status",
                limit: limits.text(.transient)))
        rows.append(
            Row(
                status: "none", codes: [], meaning: "nothing was sent: no connection, no name, no TLS",
                limit: limits.text(.notSent)))
        rows.append(
            Row(
                status: "none", codes: [],
                meaning: "sent, but no whole answer: time-out, reset; it may have been applied",
                limit: limits.text(.noAnswer)))
        self.rows = rows
    }

    /// For a terminal: status and codes, and below them what they mean and what keyshift does.
    package var text: String {
        let width = rows.map(\.status.count).max() ?? 0
        let indent = String(repeating: " ", count: width + 2)
        var text = ""
        for row in rows {
            var lines = row.codes + [row.meaning, "→ \(row.limit)"]
            text += Columns.left(row.status, width) + "  " + lines.removeFirst() + "\n"
            for line in lines { text += indent + line + "\n" }
        }
        return text + "\n" + Self.notes
    }

    package var markdown: String {
        var text = "| Status | Code | Meaning | What keyshift does |\n|---|---|---|---|\n"
        for row in rows {
            let codes = row.codes.map { "`\($0)`" }.joined(separator: ", ")
            text +=
                "| \(row.status) | \(codes.isEmpty ? "any" : codes) | \(row.meaning) | \(row.limit) |\n"
        }
        return text + "\n" + Self.notes
    }

    private static let notes = """
        The first row that fits counts. Every PATCH follows a look at the live state; none is resent blindly.
        A GET gets \(readTries) tries by the same table. An answer is Atlas's own when it has the API's media type or an
        errorCode, and what its endpoint always has; any other says nothing of the project. A server that asks to wait
        (Retry-After) is obeyed as long as --outage-patience lasts, by the next run of the job too.

        """

    private static func status(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}
