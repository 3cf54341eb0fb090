package import FleetCSV
package import AtlasAPI

/// The role that a project should have.
package enum WantedRole: Hashable, Sendable {
    /// The only usable one, or the one it has; the row names none.
    case auto
    case id(RoleID)
    /// The row names none.
    case missing
}

/// Where one project's secret comes from.
package enum ResolvedSecretReference: Hashable, Sendable {
    case environment(String)
    case file(path: String)
}

/// The target for one project, its columns filled in.
package struct ResolvedTarget: Hashable, Sendable {
    package var provider: Provider?
    package var searchNodes: Bool?
    /// nil when the target sets no role.
    package var role: WantedRole?
    /// The other fields, without secrets, by name.
    package var values: [String: FieldValue] = [:]
    /// By field name.
    package var secrets: [String: ResolvedSecretReference] = [:]

    package init(provider: Provider?, searchNodes: Bool? = nil, role: WantedRole? = nil) {
        self.provider = provider
        self.searchNodes = searchNodes
        self.role = role
    }
}

/// What a row makes of a target.
package enum TargetResolution: Hashable, Sendable {
    case resolved(ResolvedTarget)
    /// All that is wrong with the row's cells; never empty.
    case refused([CellProblem])
}

extension Target {
    /// Fills in one project's columns; `lookup` gives a column's value, nil when there is none.
    package func resolve(_ lookup: (String) -> String?) -> TargetResolution {
        var resolved = ResolvedTarget(provider: provider)
        var problems: [CellProblem] = []
        if let searchNodes {
            let value = value(searchNodes, FieldName.searchNodes, .boolean, lookup, &problems)
            resolved.searchNodes = value.map { $0 == .bool(true) }
        }
        for field in fields {
            let name = field.field.name
            switch field.value {
            case .secret(.environment(let variable)): resolved.secrets[name] = .environment(variable)
            case .secret(.file(let path)):
                resolved.secrets[name] = self.path(path, name, lookup, &problems).map { .file(path: $0) }
            case .auto: resolved.role = chosenRole(lookup, &problems)
            case .template(let template) where name == FieldName.roleID:
                resolved.role = role(template, field.field.kind, lookup, &problems)
            case .template, .bool:
                resolved.values[name] = value(field.value, name, field.field.kind, lookup, &problems)
            }
        }
        return problems.isEmpty ? .resolved(resolved) : .refused(problems)
    }

    /// `auto` is what the sheet's `role_id` says: the choice of a person, made where several roles would do.
    private func chosenRole(_ lookup: (String) -> String?, _ problems: inout [CellProblem]) -> WantedRole? {
        guard let cell = lookup(FleetHeader.roleName), !cell.isEmpty else { return .auto }
        if let role = RoleID(cell), !IDFlaw.isRounded(Array(cell.utf8)[...]) { return .id(role) }
        let expected = "an id of 24 hex digits, or leave the cell empty for the only usable role"
        let kind = Self.flaw(ofRole: cell) ?? .badValue(expected: expected)
        problems.append(CellProblem(column: FleetHeader.roleName, field: FieldName.roleID, kind: kind))
        return nil
    }

    /// What can be seen in a cell that is no role's id; nil for nothing.
    private static func flaw(ofRole cell: String) -> CellProblem.Kind? {
        switch IDFlaw(cell) {
        case .unusable(let flaw): .unusable(flaw)
        case .empty, .header, .other: nil
        case let flaw: .badID(flaw)
        }
    }

    private func role(
        _ template: Template, _ kind: Field.Kind, _ lookup: (String) -> String?,
        _ problems: inout [CellProblem]
    ) -> WantedRole? {
        if template.columns.contains(where: { lookup($0) == "" }) { return .missing }
        // A cell that is the whole id says what is wrong with it.
        if template.parts.count == 1, let column = template.columns.first, let cell = lookup(column),
            RoleID(cell) == nil || IDFlaw.isRounded(Array(cell.utf8)[...]), let flaw = Self.flaw(ofRole: cell)
        {
            problems.append(CellProblem(column: column, field: FieldName.roleID, kind: flaw))
            return nil
        }
        return text(template, FieldName.roleID, kind, lookup, &problems).flatMap { RoleID($0) }.map(
            WantedRole.id)
    }

    private func value(
        _ value: TargetValue, _ name: String, _ kind: Field.Kind, _ lookup: (String) -> String?,
        _ problems: inout [CellProblem]
    ) -> FieldValue? {
        switch value {
        case .bool(let value): return .bool(value)
        case .template(let template):
            guard let text = text(template, name, kind, lookup, &problems) else { return nil }
            return kind == .boolean ? .bool(text == "true") : .text(text)
        case .auto, .secret: return nil
        }
    }

    private func path(
        _ template: Template, _ name: String, _ lookup: (String) -> String?, _ problems: inout [CellProblem]
    ) -> String? {
        // A row may choose among files that the target's author meant, and nothing else.
        let wrong = template.columns.filter { column in
            let value = WordGuard.value(of: lookup(column) ?? "")
            return value.utf8.contains(UInt8(ascii: "/")) || value == "." || value.hasTwoDots
        }
        problems += wrong.map { CellProblem(column: $0, field: name, kind: .pathPart) }
        let path = text(template, name, .text(1...4096), lookup, &problems)
        return wrong.isEmpty ? path : nil
    }

    private func text(
        _ template: Template, _ name: String, _ kind: Field.Kind, _ lookup: (String) -> String?,
        _ problems: inout [CellProblem]
    ) -> String? {
        let gaps = template.columns.compactMap { column in
            switch lookup(column) {
            case nil: CellProblem(column: column, field: name, kind: .noSuchColumn)
            case "": CellProblem(column: column, field: name, kind: .empty)
            case let cell?:
                UnusableCell(cell).map { CellProblem(column: column, field: name, kind: .unusable($0)) }
            }
        }
        problems += gaps
        guard gaps.isEmpty else { return nil }
        let text = template.resolve { lookup($0).map(WordGuard.value) }
        let complaint =
            text.hasControlCharacters ? "a text without control characters" : kind.complaint(about: text)
        // A template without a column was checked when the target file was read.
        if let complaint, let column = template.columns.first {
            problems.append(CellProblem(column: column, field: name, kind: .badValue(expected: complaint)))
            return nil
        }
        return text
    }
}

extension String {
    fileprivate var hasTwoDots: Bool { zip(utf8, utf8.dropFirst()).contains { $0 == 0x2E && $1 == 0x2E } }
}
