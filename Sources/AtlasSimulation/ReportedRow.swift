import AtlasAPI

/// One row of a report or a sheet, cell by cell, as whoever wrote it meant the cells.
struct ReportedRow: Sendable {
    /// In the file's order.
    let columns: [String]
    private let cells: [String]

    init(columns: [String], cells: [String]) {
        self.columns = columns
        self.cells = cells
    }

    /// The empty text where the file has no such column.
    subscript(column: String) -> String {
        guard let index = columns.firstIndex(of: column), cells.indices.contains(index) else { return "" }
        return FleetSheet.plain(cells[index])
    }

    /// `plan` takes them in either case.
    var project: String {
        let column = FleetSheet.idNames.first { columns.contains($0) } ?? ""
        return self[column].lowercased()
    }

    var name: String { self["project_name"] }
    var result: String { self["result"] }
    var reason: String { self["reason"] }
    var verified: String { self["verified"] }
    var words: String { reason.isEmpty ? result : "\(result) \(reason)" }

    static func rows(_ text: String) throws(FleetSheet.Mistake) -> [ReportedRow] {
        var records = try FleetSheet.records(text)
        guard !records.isEmpty else { throw .noIDColumn }
        let header = records.removeFirst()
        guard FleetSheet.idNames.contains(where: header.contains) else { throw .noIDColumn }
        return records.filter { record in record.contains { !$0.isEmpty } }.map {
            ReportedRow(columns: header, cells: $0)
        }
    }
}

// What the words of a row must say, whatever became of its project: they have to fit each other.
extension ReportedRow {
    /// The contract's columns of a report, section 5.
    static let fixed = [
        "project_id", "project_name", "result", "class", "reason", "verified", "http_status", "error_code",
        "detail", "attempts", "wave", "started_at", "finished_at", "next_step",
    ]

    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - isLimited: a PATCH to it was answered with a 429, which is no attempt (contract 4.4).
    func mistakes(now: Int64, isLimited: Bool = false) -> [String] {
        var mistakes = Self.fixed.filter { !columns.contains($0) }.map { "no column \($0)" }
        func require(_ isSo: Bool, _ mistake: String) {
            if !isSo { mistakes.append(mistake) }
        }
        guard mistakes.isEmpty else { return mistakes }
        let attempts = Int(self["attempts"]) ?? -1
        require(attempts >= 0, "attempts is '\(self["attempts"])'")
        let (sent, isDone) = (["changed", "unknown"], ["changed", "unchanged", "excluded"])
        let isOfTheRun = Self.afterSending.contains(reason)
        if sent.contains(result) || isOfTheRun {
            require(attempts > 0 || isLimited, "\(words), and no attempt")
        }
        if ["unchanged", "excluded", "blocked"].contains(result) {
            require(attempts == 0, "\(result), and \(attempts) attempts")
        }
        let needsReason = ["blocked", "drifted", "failed", "unknown"].contains(result)
        require(!needsReason || !reason.isEmpty, "\(result) without a reason")
        require(self["next_step"].isEmpty == isDone.contains(result), "next_step does not fit \(result)")
        require(
            Self.rungs[result]?.contains(verified) ?? true,
            "verified is '\(verified)' of a project that is \(result)")
        require(
            Self.classes[result]?.contains(self["class"]) ?? true,
            "the class is '\(self["class"])' of a project that is \(result)")
        return mistakes + mistakesOfTimes(attempts: attempts, now: now)
    }

    private static let afterSending = [
        "refused", "attempts_exhausted", "propagation_timeout", "not_valid_after_change", "collateral_change",
        "still_old",
    ]

    private static let rungs: [String: Set<String>] = [
        "changed": ["accepted", "read_back", "valid"], "unchanged": ["valid"], "excluded": ["none"],
        "blocked": ["none"], "pending": ["none"], "drifted": ["none"],
        "unknown": ["none", "accepted", "read_back"],
        "failed": ["none", "accepted", "read_back"],
    ]

    private static let changes: Set<String> = ["reversible", "irreversible"]
    private static let classes: [String: Set<String>] = [
        "changed": changes, "unchanged": changes.union(["noop"]), "excluded": ["excluded"],
        "blocked": changes.union(["blocked"]), "pending": changes.union(["unread"]), "drifted": changes,
        "unknown": changes, "failed": changes,
    ]

    private func mistakesOfTimes(attempts: Int, now: Int64) -> [String] {
        var mistakes: [String] = []
        func time(_ column: String) -> Int64? {
            let text = self[column]
            if text.isEmpty { return nil }
            guard let time = WireDate.rfc3339(text), text.hasSuffix("Z"), time <= now else {
                mistakes.append("\(column) is '\(text)'")
                return nil
            }
            return time
        }
        let (started, finished) = (time("started_at"), time("finished_at"))
        if let started, let finished, finished < started {
            mistakes.append("finished before it was started")
        }
        if attempts > 0, self["started_at"].isEmpty { mistakes.append("attempts, and never started") }
        let isEnded = ["changed", "failed", "drifted"].contains(result)
        if isEnded, self["finished_at"].isEmpty { mistakes.append("\(result), and never finished") }
        if result == "pending", !self["finished_at"].isEmpty { mistakes.append("pending, and finished") }
        return mistakes
    }
}

// What a report has from its sheet.
extension ReportedRow {
    /// The row's own cells of the sheet, under the names that the report gives them, and its wave.
    func mistakes(against sheet: ReportedRow) -> [String] {
        var taken = Set(Self.fixed)
        var mistakes: [String] = []
        for column in sheet.columns where !FleetSheet.idNames.contains(column) && column != "project_name" {
            var name = column
            while !taken.insert(name).inserted { name = "csv." + name }
            if !columns.contains(name) {
                mistakes.append("no column \(name)")
            } else if self[name] != sheet[column] {
                mistakes.append("\(name) is '\(self[name])', and '\(sheet[column])' in the sheet")
            }
        }
        let wave = sheet["wave"]
        if !wave.isEmpty, !self["wave"].isEmpty, self["wave"] != wave {
            mistakes.append("wave \(self["wave"]), and \(wave) in the sheet")
        }
        return mistakes
    }
}
