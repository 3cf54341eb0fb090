package import FleetCSV

/// A text with `${column}` in it, filled in from a project's row. `$${` stands for a literal `${`.
package struct Template: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case literal(String)
        case column(String)
    }

    package let parts: [Part]
    /// Where the text begins in the target file.
    package let position: SourcePosition

    /// The columns that it names, each once, in order.
    package var columns: [String] {
        var seen: Set<String> = []
        return parts.compactMap { part in
            if case .column(let name) = part, seen.insert(name).inserted { name } else { nil }
        }
    }

    /// The text when no column is in it.
    package var literal: String? {
        columns.isEmpty ? resolve { _ in "" } : nil
    }

    /// Fills in; a column that `lookup` does not know counts as empty.
    package func resolve(_ lookup: (String) -> String?) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .column(let name): lookup(name) ?? ""
            }
        }.joined()
    }

    /// The text as it stands in a target file.
    package var source: String {
        parts.map { part in
            switch part {
            case .literal(let text): text.escapingReferences
            case .column(let name): "${\(name)}"
            }
        }.joined()
    }
}
