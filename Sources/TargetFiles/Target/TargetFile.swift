package import FleetCSV
package import AtlasAPI

/// What a migration should do: a target file (`plans/*.yaml`), read and checked.
package struct TargetFile: Sendable {
    /// The format version that this keyshift reads.
    package static let version = 1
    package static let sizeLimit = 1 << 20

    package var name: String
    package var description: String?
    package var target: Target
    package var filter: Filter
    package var settings: TargetSettings

    /// The keys that may stand in a section; `nil` is the file itself. None for what is no section.
    static func keys(of section: String?) -> [String] {
        switch section {
        case nil: ["keyshift", "name", "description", "target", "where", "settings"]
        case "target": Provider.allCases.map(\.rawValue) + [FieldName.searchNodes]
        case "where": ["provider", "auth"]
        case "settings": ["concurrency", "rate", "waves", "max-failures"]
        case let name?: Provider(rawValue: name)?.fields.filter { !$0.isReadOnly }.map(\.name) ?? []
        }
    }
}

/// The wanted change: only what is named here changes.
package struct Target: Sendable {
    /// The one provider object; nil when only search nodes are to change.
    package var provider: Provider?
    /// Fields of that provider in the schema's order.
    package var fields: [TargetField]
    /// `enabledForSearchNodes`: `.bool`, or a `.template` that must become true or false.
    package var searchNodes: TargetValue?

    package subscript(field: String) -> TargetField? { fields.first { $0.field.name == field } }

    /// Whether it reads the sheet's column `role_id` without naming it.
    package var readsRoleColumn: Bool { fields.contains { $0.value == .auto } }

    /// Whether it sets a secret: such a target can't be compared with the live state.
    package var hasSecret: Bool { fields.contains { $0.field.isSecret } }
}

package struct TargetField: Sendable {
    package var field: Field
    package var value: TargetValue
    /// Where the value stands in the target file.
    package var position: SourcePosition
}

package enum TargetValue: Hashable, Sendable {
    /// The row's `role_id` where it is filled, else the project's only usable role; of `roleId` only.
    case auto
    case template(Template)
    case bool(Bool)
    case secret(SecretReference)

    /// The template in it, whatever it is for.
    package var template: Template? {
        switch self {
        case .template(let template), .secret(.file(let template)): template
        case .auto, .bool, .secret(.environment): nil
        }
    }
}

/// Where a secret comes from; the secret itself is never in a target file.
package enum SecretReference: Hashable, Sendable {
    /// `${env:NAME}`
    case environment(String)
    /// `${file:PATH}`; a column in the path may hold no `/` and no `..`.
    case file(Template)
}

/// Which projects the target is for; the others are excluded.
package struct Filter: Hashable, Sendable {
    /// How a provider is let in today.
    package enum Auth: String, CaseIterable, Sendable {
        case `static`
        case role
    }

    /// The provider enabled today.
    package var provider: Provider?
    package var auth: Auth?

    package init(provider: Provider? = nil, auth: Auth? = nil) {
        self.provider = provider
        self.auth = auth
    }
}

package typealias Auth = Filter.Auth

/// Defaults that flags override.
package struct TargetSettings: Hashable, Sendable {
    package static let concurrencyRange = 1...1000

    package var concurrency: Int?
    package var rate: Rate?
    package var waves: WaveChoice?
    package var maxFailures: FailureLimit?

    package init(
        concurrency: Int? = nil, rate: Rate? = nil, waves: WaveChoice? = nil, maxFailures: FailureLimit? = nil
    ) {
        self.concurrency = concurrency
        self.rate = rate
        self.waves = waves
        self.maxFailures = maxFailures
    }
}
