import AtlasAPI
import Foundation
import JobRunner
import Testing

/// Goal: secrets come from where the target says, as they are there, and a missing one is told by its place only.
/// Method: an environment and files of our own.
@Suite struct SecretSourceTests {
    static let canary = "canary-77"

    static func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/keyshift-secret-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func environment() throws {
        let source = SystemSecrets(environment: ["NAME": Self.canary, "EMPTY": ""])
        #expect(try source.read("${env:NAME}") == Secret(Self.canary))
        for reference in ["${env:EMPTY}", "${env:OTHER}", "NAME", "${NAME}", ""] {
            #expect(throws: SecretProblem.self) { try source.read(reference) }
        }
    }

    @Test(
        arguments: [
            ("key", "key"), ("key\n", "key"), ("key\r\n", "key"), ("key\n\n", "key\n"), ("\nkey", "\nkey"),
            ("{\n \"a\": 1\n}\n", "{\n \"a\": 1\n}"), ("", nil), ("\n", nil),
        ] as [(String, String?)]) func file(text: String, secret: String?) throws
    {
        try Self.withFile(Array(text.utf8)) { path in
            let found = try? SystemSecrets(environment: [:]).read("${file:\(path)}")
            #expect(found == secret.map { Secret($0) })
        }
    }

    @Test(arguments: [[0xFF, 0xFE], [UInt8](repeating: 0x61, count: 65_537)]) func badFile(bytes: [UInt8])
        throws
    {
        try Self.withFile(bytes) { path in
            #expect(throws: SecretProblem.self) {
                try SystemSecrets(environment: [:]).read("${file:\(path)}")
            }
        }
        #expect(throws: SecretProblem.self) { try SystemSecrets(environment: [:]).read("${file:/no/such}") }
    }

    @Test func bodyIsFilledAtTheSecretFieldsOnly() throws {
        // In a spelling that no writer of ours has: what is approved is what is sent.
        let body =
            #" {"\u0061wsKms": {"secretAccessKey" : "$\u007Benv:NAME}","region":"${env:NAME}", "n":1.50e0}}"#
        let source = SystemSecrets(environment: ["NAME": "a\"b"])
        let filled = String(decoding: try SecretBody.fill(body, from: source).bytes, as: UTF8.self)
        #expect(
            filled == #" {"\u0061wsKms": {"secretAccessKey" : "a\"b","region":"${env:NAME}", "n":1.50e0}}"#)
        #expect(throws: SecretProblem.self) {
            try SecretBody.fill(body, from: SystemSecrets(environment: [:]))
        }
    }

    @Test func sizeLimit() throws {
        let longest = String(repeating: "s", count: SystemSecrets.sizeLimit)
        let source = SystemSecrets(environment: ["FITS": longest, "OVER": longest + "s"])
        #expect(try source.read("${env:FITS}") == Secret(longest))
        var problems: [SecretProblem?] = []
        problems.append(#expect(throws: SecretProblem.self) { try source.read("${env:OVER}") })
        try Self.withFile(Array(longest.utf8)) { path in
            #expect((try? source.read("${file:\(path)}")) == Secret(longest))
        }
        try Self.withFile(Array((longest + "s").utf8)) { path in
            problems.append(#expect(throws: SecretProblem.self) { try source.read("${file:\(path)}") })
        }
        #expect(problems.allSatisfy { $0?.detail.hasSuffix("is over 65536 bytes") == true }, "\(problems)")
    }

    /// `-` would be standard input, and the answer to a question.
    @Test func whatIsNoFileOfOurs() {
        for path in ["/dev/zero", "/dev/stdin", "-", "/tmp"] {
            let problem = #expect(throws: SecretProblem.self) {
                try SystemSecrets(environment: [:]).read("${file:\(path)}")
            }
            #expect(problem?.detail.hasPrefix("the file can't be used: ") == true, "\(path)")
        }
    }

    @Test func aProblemNamesThePlaceOnly() {
        let problem = #expect(throws: SecretProblem.self) {
            try SystemSecrets(environment: ["OTHER": Self.canary]).read("${env:NAME}")
        }
        #expect(problem.map { "\($0)" } == "${env:NAME}: the variable is not set")
    }
}
