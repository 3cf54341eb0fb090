package import AtlasAPI
import Crypto

/// The fingerprint that binds an approval to a plan: SHA-256 over format version, address, organisation, the target's
/// text and, for each project in ascending order of ids, class, reason, live state, body, role and the sheet's wave.
///
/// One line of canonical JSON each, so that equal plans give equal bytes.
package struct PlanDigest {
    private var hash = SHA256()

    package init(
        formatVersion: Int, address: String, organisation: OrganisationID?, target: String
    ) {
        add([
            .string("keyshift-plan"), .number(Double(formatVersion)), .string(address),
            text(organisation?.text), .string(target),
        ])
    }

    /// `live` and `body` as canonical JSON texts; nil where there is none. Ids must come in ascending order.
    package mutating func add(
        project: ProjectID, planClass: PlanClass, reason: Reason?, live: String?, body: String?,
        role: String?, wave: Int?
    ) {
        add([
            .string(project.text), .string(planClass.rawValue), text(reason?.rawValue), text(live),
            text(body), text(role), wave.map { .number(Double($0)) } ?? .null,
        ])
    }

    /// `sha256:` and 64 hex digits.
    package func finish() -> String {
        "sha256:" + Hex.text(hash.finalize())
    }

    private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private mutating func add(_ line: [JSONValue]) { hash.add(line) }
}

extension SHA256 {
    /// One line of canonical JSON: no value can run into the next.
    mutating func add(_ line: [JSONValue]) {
        update(data: Array((JSONValue.array(line).canonicalText() + "\n").utf8))
    }
}

package enum Hex {
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// SHA-256 of some bytes, as `sha256:…`.
    package static func digest(of bytes: [UInt8]) -> String { "sha256:" + text(SHA256.hash(data: bytes)) }
}
