import MigrationCore

/// What `undo` can't put back, by reason: a fleet that moved to roles has one reason and many projects.
package struct UndoText: Sendable {
    private struct Group {
        var count = 0
        var examples: [String] = []
    }

    private static let exampleLimit = 3
    /// Beyond it a group is counted without its reason.
    private static let groupLimit = 50

    private var groups: [String: Group] = [:]
    private var others = 0
    package private(set) var count = 0

    package init() {}

    /// `kept`: a sentence for each field that stays.
    package mutating func add(id: String, name: String?, kept: [String]) {
        guard !kept.isEmpty else { return }
        count += 1
        let reason = kept.joined(separator: "; ")
        guard groups[reason] != nil || groups.count < Self.groupLimit else {
            others += 1
            return
        }
        var group = groups[reason] ?? Group()
        group.count += 1
        if group.examples.count < Self.exampleLimit { group.examples.append(TextReport.named(id, name)) }
        groups[reason] = group
    }

    /// The most projects first.
    package var text: String {
        let sorted = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        var text = ""
        for (reason, group) in sorted {
            text += "\(TextReport.projects(group.count)): \(TerminalText.safe(reason))\n"
            for example in group.examples { text += "    \(example)\n" }
            if group.count > group.examples.count {
                text += "    and \(group.count - group.examples.count) more\n"
            }
        }
        if others > 0 { text += "\(TextReport.projects(others)): other reasons\n" }
        return text
    }
}
