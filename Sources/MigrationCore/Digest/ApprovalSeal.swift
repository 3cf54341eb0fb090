import AtlasAPI
import Crypto

/// The fingerprint of an approval: SHA-256 over the plan's digest, who approved it when and from where, the settings
/// that were fixed with it, and each row's place, wave and cells in the sheet's order.
///
/// A resume has nobody to ask, so what was answered then must still be what is there. Like the digest it holds no key:
/// whoever can write the job can compute it anew, and only a copy that lies elsewhere (`--approve`) tells.
package struct ApprovalSeal {
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

    private var hash = SHA256()

    /// `columns` as the job keeps them; `settings` in any order.
    package init(_ approval: Approval, columns: String, settings: [(name: String, value: String)]) {
        hash.add([
            .string("keyshift-approval"), number(approval.revision), .string(approval.digest),
            number(approval.irreversible), .string(approval.how), .string("\(approval.at)"),
            .string(approval.user), .string(approval.host), .string(columns),
        ])
        for (name, value) in settings.sorted(by: { $0.name < $1.name }) {
            hash.add([.string(name), .string(value)])
        }
    }

    /// `wave`: the one that was settled with the approval. `wanted`: what an undo puts back. Rows come in the sheet's
    /// order.
    package mutating func add(
        ordinal: Int, name: String?, liveName: String?, cells: String, wanted: String?, wave: Int?
    ) {
        hash.add([
            number(ordinal), name.map { .string($0) } ?? .null,
            liveName.map { .string($0) } ?? .null, .string(cells),
            wanted.map { .string($0) } ?? .null, wave.map(number) ?? .null,
        ])
    }

    /// `sha256:` and 64 hex digits.
    package func finish() -> String { "sha256:" + Hex.text(hash.finalize()) }

    private func number(_ value: Int) -> JSONValue { .string(String(value)) }
}
