import AtlasAPI

/// The fleet as a CSV file (RFC 4180), as users of keyshift write it.
package enum FleetSheet {
    package struct Row: Hashable, Sendable {
        package var projectID: String
        package var projectName: String?
        package var roleID: String?

        package init(projectID: String, projectName: String? = nil, roleID: String? = nil) {
            self.projectID = projectID
            self.projectName = projectName
            self.roleID = roleID
        }
    }

    package enum Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        case unterminatedQuote
        case noIDColumn
        case badID(row: Int, text: String)

        package var description: String {
            switch self {
            case .unterminatedQuote: "the sheet has a quote that is not closed"
            case .noIDColumn: "the sheet has no column project_id"
            case .badID(let row, let text): "row \(row) of the sheet: '\(text)' is not an id of 24 hex digits"
            }
        }
    }

    static let idNames = ["project_id", "projectId", "group_id", "groupId"]

    /// A cell without the `'` that keyshift puts in front of a formula, or of a word that reads as no value.
    static func plain(_ cell: String) -> String {
        guard cell.utf8.first == UInt8(ascii: "'") else { return cell }
        let rest = String(decoding: cell.utf8.dropFirst(), as: UTF8.self)
        let bare = rest.unicodeScalars.drop {
            $0 == "'" || $0.properties.isWhitespace || $0.properties.generalCategory == .format
        }
        let word = String(bare).lowercased()
        let isGuarded = bare.first.map { "=+-@#＝＋－＠".unicodeScalars.contains($0) } ?? !rest.isEmpty
        return isGuarded || ["null", "\\n"].contains(word) || word.hasPrefix("err:") ? rest : cell
    }

    /// Reads the columns that matter here: `project_id`, `project_name`, `role_id`. Keyshift's own reader is
    /// the strict one; this takes what it understands.
    package static func rows(_ text: String) throws(Mistake) -> [Row] {
        var records = try records(text)
        guard !records.isEmpty else { throw .noIDColumn }
        let header = records.removeFirst()
        guard let idColumn = header.firstIndex(where: idNames.contains) else { throw .noIDColumn }
        let nameColumn = header.firstIndex(of: "project_name")
        let roleColumn = header.firstIndex(of: "role_id")
        var rows: [Row] = []
        for (number, record) in records.enumerated() where record != [""] {
            func cell(_ column: Int?) -> String? {
                column.flatMap { record.indices.contains($0) && !record[$0].isEmpty ? record[$0] : nil }
            }
            let text = cell(idColumn) ?? ""
            guard let id = ProjectID(text) else { throw .badID(row: number + 2, text: text) }
            rows.append(
                Row(
                    projectID: id.text, projectName: cell(nameColumn).map(plain),
                    roleID: cell(roleColumn).flatMap { RoleID($0)?.text }))
        }
        return rows
    }

    /// The sheet that goes with a fleet: `project_id,project_name,role_id,environment,team`.
    package static func text(_ fleet: Fleet, now: Int64) -> String {
        var lines = ["project_id,project_name,role_id,environment,team"]
        for (number, project) in fleet.order.compactMap({ fleet[$0] }).enumerated() {
            let provider = project.encryption.provider
            let role = project.roles.first { $0.provider == provider && $0.isUsable(now: now) }
            let environment = ["production", "staging", "development"][number % 3]
            let team = ["Core", "Data, EU", "Platform"][number / 3 % 3]
            lines.append(
                [project.id, project.name, role?.id ?? "", environment, team].map(quoted).joined(
                    separator: ","))
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        let needsQuotes = cell.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        if !needsQuotes { return cell }
        return "\"" + cell.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }

    static func records(_ text: String) throws(Mistake) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var cell = String.UnicodeScalarView()
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"": cell.append(rest.removeFirst())
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                record.append(String(cell))
                cell = .init()
            case "\n" where !isQuoted:
                records.append(record + [String(cell)])
                record = []
                cell = .init()
            case "\r" where !isQuoted: continue
            default: cell.append(scalar)
            }
        }
        if isQuoted { throw .unterminatedQuote }
        if !record.isEmpty || !cell.isEmpty { records.append(record + [String(cell)]) }
        return records
    }
}
