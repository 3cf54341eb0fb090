import TargetFiles
import AtlasAPI
import MigrationCore

/// A value of a planned change as it may be shown: a secret only by its reference.
///
/// A plan never holds a secret's value. Should one ever get into a change, here it still does not get out.
enum ShownValue: Hashable {
    case absent
    case value(FieldValue)
    /// `${env:NAME}`
    case reference(String)
    /// A secret that can't be shown.
    case hidden

    init(_ value: FieldChange.Value, path: String) {
        switch value {
        case .absent: self = .absent
        case .value(let value): self = Self.isSecret(path) ? .hidden : .value(value)
        case .secret(let reference):
            self = ResolvedSecretReference(text: reference) == nil ? .hidden : .reference(reference)
        }
    }

    var text: String {
        switch self {
        case .absent: "(not set)"
        case .value(.bool(let value)): String(value)
        // In quotes, so that a text of spaces, `null` or `true` is seen for what it is.
        case .value(.text(let value)): "\"\(TerminalText.safe(value.replacing("\"", with: "\\\"")))\""
        case .reference(let reference): TerminalText.safe(reference)
        case .hidden: "(secret)"
        }
    }

    /// The form of the job file: null, the value, or `{"secret":"${env:NAME}"}`.
    var json: String {
        switch self {
        case .absent: "null"
        case .value(.bool(let value)): String(value)
        case .value(.text(let value)): JSONText.string(value)
        case .reference(let reference): JSONText.object { $0.add("secret", reference) }
        case .hidden: JSONText.object { $0.add("secret", nil as String?) }
        }
    }

    private static func isSecret(_ path: String) -> Bool {
        let parts = path.split(separator: ".")
        guard parts.count == 2, let provider = Provider(rawValue: String(parts[0])) else { return false }
        return provider.field(named: String(parts[1]))?.isSecret == true
    }
}
