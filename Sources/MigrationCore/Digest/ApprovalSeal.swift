import AtlasAPI
import Crypto

/// The fingerprint of an approval: SHA-256 over the plan's digest, who approved it when and from where, the settings
/// that were fixed with it, the seal of the approval before, and each row's place, project, wave and cells in the
/// sheet's order.
///
/// A resume has nobody to ask, so what was answered then must still be what is there. Like the digest it holds no key:
/// whoever can write the job can compute it anew, and only a copy that lies elsewhere (`--approve`) tells.
package struct ApprovalSeal {
    /// What a seal covers; each begins with its own word.
    package enum Version: String, Sendable {
        /// Neither the project of a row nor the approvals before. Checked where it stands, and not made any more.
        case first = "sha256:"
        case second = "seal2:"

        /// nil for no seal.
        package init?(of seal: String) {
            guard let version = [Self.first, .second].first(where: { seal.hasPrefix($0.rawValue) }) else {
                return nil
            }
            self = version
        }
    }

    /// What was approved by whom.
    package struct Approval: Sendable {
        package var revision: Int
        package var digest: String
        package var irreversible: Int
        package var how: String
        package var at: Int64
        package var user: String
        package var host: String

        package init(
            revision: Int, digest: String, irreversible: Int, how: String, at: Int64, user: String,
            host: String
        ) {
            self.revision = revision
            self.digest = digest
            self.irreversible = irreversible
            self.how = how
            self.at = at
            self.user = user
            self.host = host
        }
    }

    /// A project as it was approved. `sheetWave`: as the sheet has it; `wave`: the one that was settled with the
    /// approval. `wanted`: what an undo puts back.
    package struct Row: Sendable {
        package var ordinal: Int
        package var project: String
        package var name: String?
        package var liveName: String?
        package var cells: String
        package var wanted: String?
        package var sheetWave: Int?
        package var wave: Int?

        package init(
            ordinal: Int, project: String, name: String?, liveName: String?, cells: String, wanted: String?,
            sheetWave: Int?, wave: Int?
        ) {
            self.ordinal = ordinal
            self.project = project
            self.name = name
            self.liveName = liveName
            self.cells = cells
            self.wanted = wanted
            self.sheetWave = sheetWave
            self.wave = wave
        }
    }

    private let version: Version
    private var hash = SHA256()

    /// `columns` as the job keeps them; `settings` in any order. `previous`: the seal of the approval before this one.
    package init(
        _ version: Version, _ approval: Approval, previous: String?, columns: String,
        settings: [(name: String, value: String)]
    ) {
        self.version = version
        let parts: [JSONValue] = [
            number(approval.revision), .string(approval.digest),
            number(approval.irreversible), .string(approval.how), .string("\(approval.at)"),
            .string(approval.user), .string(approval.host), .string(columns),
        ]
        switch version {
        case .first: hash.add([.string("keyshift-approval")] + parts)
        case .second: hash.add([.string("keyshift-approval-2"), text(previous)] + parts)
        }
        for (name, value) in settings.sorted(by: { $0.name < $1.name }) {
            hash.add([.string(name), .string(value)])
        }
    }

    /// Rows come in the sheet's order.
    package mutating func add(_ row: Row) {
        let parts = [
            text(row.name), text(row.liveName), .string(row.cells), text(row.wanted),
            row.wave.map(number) ?? .null,
        ]
        switch version {
        case .first: hash.add([number(row.ordinal)] + parts)
        case .second:
            hash.add(
                [number(row.ordinal), .string(row.project), row.sheetWave.map(number) ?? .null] + parts)
        }
    }

    /// The version's word and 64 hex digits.
    package func finish() -> String { version.rawValue + Hex.text(hash.finalize()) }

    private func number(_ value: Int) -> JSONValue { .string(String(value)) }
    private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
