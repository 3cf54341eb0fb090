import FleetCSV
package import AtlasAPI
package import MigrationCore

/// The inventory as a fleet CSV.
package enum InventoryCSV {
    private static let writer = CSVWriter(guardsFormulas: true)

    package static let header = writer.line([
        "project_id", "project_name", "org_id", "provider", "auth", "valid", "search_nodes", "key", "role_id",
        "role_status", "service_account", "candidate_role_id",
    ])

    package static func row(_ listed: ListedProject, _ posture: Posture) -> String {
        let project = listed.project
        // A name or a key may be a word that would read as none.
        let cells = [project.id.text, project.name, project.organisation.text] + cells(posture)
        return writer.line(cells.map(WordGuard.added))
    }

    private static func cells(_ posture: Posture) -> [String] {
        let isKnown = posture.auth != .unreadable
        let unknown = Posture.Auth.unreadable.rawValue
        return [
            isKnown ? providers(posture) : unknown, posture.auth.rawValue,
            isKnown ? posture.isValid.map(String.init) ?? "" : unknown,
            posture.searchNodes.map { $0 ? "on" : "off" } ?? unknown,
            posture.key ?? "", posture.role?.text ?? "", posture.roleStanding.map(words) ?? "",
            posture.serviceAccount ?? "", posture.candidate?.text ?? "",
        ]
    }

    private static func providers(_ posture: Posture) -> String {
        let names = posture.providers.map(\.rawValue)
        return names.isEmpty ? "none" : names.joined(separator: "+")
    }

    private static func words(_ standing: Posture.RoleStanding) -> String {
        switch standing {
        case .one(let status): status
        case .notListed: "not listed"
        case .several(let count): "\(count) roles"
        }
    }
}

/// How many projects are what: the fleet in one table.
package struct InventorySummary: Sendable {
    private struct Counts {
        var staticAuth = 0
        var role = 0
        var notValid = 0
    }

    private var byProvider: [Provider: Counts] = [:]
    private var projects = 0
    private var withoutProvider = 0
    private var several = 0
    private var unreadable = 0
    private var searchNodes = 0
    private var candidates = 0

    package init() {}

    package mutating func count(_ posture: Posture) {
        projects += 1
        if posture.searchNodes == true { searchNodes += 1 }
        switch posture.auth {
        case .static:
            count(posture, as: \.staticAuth)
            if posture.candidate != nil { candidates += 1 }
        case .role: count(posture, as: \.role)
        case .none: withoutProvider += 1
        case .several: several += 1
        case .unreadable: unreadable += 1
        }
    }

    /// Of the one provider that is on.
    private mutating func count(_ posture: Posture, as auth: WritableKeyPath<Counts, Int>) {
        for provider in posture.providers {
            byProvider[provider, default: Counts()][keyPath: auth] += 1
            if posture.isValid == false { byProvider[provider]?.notValid += 1 }
        }
    }

    package var text: String {
        var text = "\(TextReport.count(projects, "project"))\n"
        let names = Provider.allCases.filter { byProvider[$0] != nil }
        let width = (names.map(\.title.count) + ["search nodes on".count]).max() ?? 0
        func line(_ word: String, _ cells: [String]) -> String {
            "  \(Columns.left(word, width))" + cells.map { "  " + Columns.right($0, 9) }.joined() + "\n"
        }
        if !names.isEmpty { text += line("", ["static", "role", "not valid"]) }
        for name in names {
            let counts = byProvider[name] ?? Counts()
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
