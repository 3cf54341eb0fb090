package import AtlasAPI
package import MigrationCore

/// The inventory as a fleet CSV.
package enum InventoryCSV {
    private static let writer = CSVWriter(guardsFormulas: true)

    package static var header: String {
        writer.line(["project_id", "project_name", "org_id"] + Posture.columns)
    }

    package static func row(_ listed: ListedProject, _ posture: Posture) -> String {
        let project = listed.project
        return writer.line([project.id.text, project.name, project.organisation.text] + posture.cells)
    }
}

/// How many projects are what: the fleet in one table.
package struct InventorySummary: Sendable {
    private struct Counts {
        var staticAuth = 0
        var role = 0
        var notValid = 0
    }

    private var byProvider: [String: Counts] = [:]
    private var projects = 0
    private var withoutProvider = 0
    private var several = 0
    private var unreadable = 0
    private var searchNodes = 0
    private var candidates = 0

    package init() {}

    package mutating func count(_ posture: Posture) {
        projects += 1
        if posture.searchNodes == "on" { searchNodes += 1 }
        switch posture.auth {
        case .static:
            byProvider[posture.provider, default: Counts()].staticAuth += 1
            if !posture.candidateRoleID.isEmpty { candidates += 1 }
        case .role: byProvider[posture.provider, default: Counts()].role += 1
        case .none: withoutProvider += 1
        case .several: several += 1
        case .unreadable: unreadable += 1
        }
        if posture.valid == "false", posture.auth == .static || posture.auth == .role {
            byProvider[posture.provider]?.notValid += 1
        }
    }

    package var text: String {
        var text = "\(TextReport.count(projects, "project"))\n"
        let names = Provider.allCases.filter { byProvider[$0.rawValue] != nil }
        let width = (names.map(\.title.count) + ["search nodes on".count]).max() ?? 0
        func line(_ word: String, _ cells: [String]) -> String {
            "  \(Columns.left(word, width))" + cells.map { "  " + Columns.right($0, 9) }.joined() + "\n"
        }
        if !names.isEmpty { text += line("", ["static", "role", "not valid"]) }
        for name in names {
            let counts = byProvider[name.rawValue] ?? Counts()
            text += line(name.title, ["\(counts.staticAuth)", "\(counts.role)", "\(counts.notValid)"])
        }
        for (word, count) in [
            ("no provider", withoutProvider), ("several", several), ("unreadable", unreadable),
            ("search nodes on", searchNodes),
        ] where count > 0 {
            text += line(word, ["\(count)"])
        }
        let staticCount = byProvider.values.reduce(0) { $0 + $1.staticAuth }
        if staticCount > 0 {
            text += "With static credentials: \(staticCount); \(candidates) of them have one usable role.\n"
        }
        return text
    }
}
