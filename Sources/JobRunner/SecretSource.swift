import TargetFiles
package import AtlasAPI
import Foundation
import MigrationCore

/// Reads the secrets that a target names; two exist, the machine and the tests'.
package protocol SecretSource {
    /// - Throws: `SecretProblem`.
    func read(_ reference: String) throws -> Secret
}

/// Why a secret can't be read. Says where it should be, never what it is.
package struct SecretProblem: Error, Hashable, CustomStringConvertible {
    package var reference: String
    package var detail: String

    package var description: String { "\(reference): \(detail)" }
}

/// `${env:NAME}` from the environment, `${file:PATH}` from a file whose last line end is dropped; both of
/// at most `sizeLimit` bytes. `-` is a file's name as any other: standard input may be the answer to a question.
package struct SystemSecrets: SecretSource {
    /// What Atlas takes for a secret is far shorter; a Google key file has 2.5 KiB.
    package static let sizeLimit = 65_536
    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    package func read(_ reference: String) throws -> Secret {
        func problem(_ detail: String) -> SecretProblem {
            SecretProblem(reference: reference, detail: detail)
        }
        let path: String
        switch ResolvedSecretReference(text: reference) {
        case nil: throw problem("not a reference")
        case .environment(let name)?:
            guard let value = environment[name], !value.isEmpty else {
                throw problem("the variable is not set")
            }
            guard value.utf8.count <= Self.sizeLimit else {
                throw problem("the variable is over \(Self.sizeLimit) bytes")
            }
            return Secret(value)
        case .file(let name)?: path = name
        }
        let bytes: [UInt8]
        do {
            bytes = try InputFile.start(of: path, for: .secret, count: Self.sizeLimit + 1)
        } catch {
            throw problem("the file can't be used: \(error.detail)")
        }
        guard bytes.count <= Self.sizeLimit else { throw problem("the file is over \(Self.sizeLimit) bytes") }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw problem("the file is not UTF-8")
        }
        if text.utf8.last == UInt8(ascii: "\n") { text.unicodeScalars.removeLast() }
        if text.utf8.last == UInt8(ascii: "\r") { text.unicodeScalars.removeLast() }
        guard !text.isEmpty else { throw problem("the file is empty") }
        return Secret(text)
    }
}
