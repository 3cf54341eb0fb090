import ArgumentParser
import AtlasAPI
import CurlTransport
import Foundation
import MigrationCore
import Reporting
import Testing

@testable import KeyshiftCommands

/// Where requests go and as whom, from the environment and from `--credentials FILE`.
struct ConnectionTests {
    private static let account = [
        "MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_1", "MONGODB_ATLAS_CLIENT_SECRET": "s3cret-of-the-account",
    ]
    private static let key = [
        "MONGODB_ATLAS_PUBLIC_API_KEY": "abc", "MONGODB_ATLAS_PRIVATE_API_KEY": "s3cret-of-the-key",
    ]

    private func load(_ environment: [String: String], _ flags: [String] = []) throws -> Connection {
        try Connection.load(ConnectionOptions.parse(flags), environment)
    }

    /// - Returns: the message, which never shows a secret.
    @discardableResult private func refused(
        _ environment: [String: String], _ flags: [String] = [], location: SourceLocation = #_sourceLocation
    ) -> String {
        let error = #expect(throws: CommandError.self, sourceLocation: location) {
            try load(environment, flags)
        }
        #expect(error?.status == .environment, sourceLocation: location)
        let text = error?.message.text ?? ""
        #expect(!text.contains("s3cret"), sourceLocation: location)
        return text
    }

    @Test func eitherKind() throws {
        guard case .serviceAccount("mdb_sa_id_1", _)? = try load(Self.account).credentials,
            case .apiKey("abc", _)? = try load(Self.key).credentials
        else {
            Issue.record("neither kind")
            return
        }
        #expect(try load([:]).credentials == nil && load([:]).address == "https://cloud.mongodb.com")
        // An empty variable is none.
        #expect(try load(Self.account.merging(Self.key.mapValues { _ in "" }) { $1 }).credentials != nil)
        let error = #expect(throws: CommandError.self) { try load([:]).requireCredentials() }
        #expect(error?.status == .environment)
    }

    @Test func notBothAndNotHalf() {
        #expect(refused(Self.account.merging(Self.key) { $1 }).contains("both"))
        for name in Self.account.keys { refused([name: "x"]) }
        for name in Self.key.keys { #expect(refused([name: "x"]).contains("go together")) }
    }

    @Test func oddValues() {
        #expect(refused(["MONGODB_ATLAS_CLIENT_ID": "mdb_sa_sk_s3cret"]).contains("swapped"))
        #expect(refused(["MONGODB_ATLAS_PUBLIC_API_KEY": UUID().uuidString]).contains("swapped"))
        var account = Self.account
        account["MONGODB_ATLAS_CLIENT_SECRET"] = "s3cret\n"
        #expect(refused(account).contains("control character"))
        refused(["MONGODB_ATLAS_ORG_ID": "x"])
    }

    @Test func addresses() throws {
        for (given, taken) in [
            ("HTTPS://cloud.mongodbgov.com//", "https://cloud.mongodbgov.com"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ] {
            #expect(try load(["MONGODB_ATLAS_BASE_URL": given]).address == taken)
        }
        for given in [
            "cloud.mongodb.com", "ftp://a", "http://a.example", "https://u:p@a.example", "https://a/?q",
        ] {
            #expect(throws: (any Error).self) { try load(["MONGODB_ATLAS_BASE_URL": given]) }
        }
    }

    @Test(arguments: [
        "MONGODB_ATLAS_CLIENT_ID=a\nMONGODB_ATLAS_CLIENT_SECRET=b=c\n",
        "\u{FEFF}export MONGODB_ATLAS_CLIENT_ID = a\r\n# a comment\r\n\r\nMONGODB_ATLAS_CLIENT_SECRET=b=c",
        "MONGODB_ATLAS_CLIENT_ID=a\rMONGODB_ATLAS_CLIENT_SECRET=b=c\r",
        "\texport\tMONGODB_ATLAS_CLIENT_ID=\ta \n  MONGODB_ATLAS_CLIENT_SECRET\t=  b=c\t",
    ]) func files(text: String) throws {
        let rig = try Rig(0)
        try rig.write("credentials", text)
        let values = try CredentialsFile.read(rig.path("credentials"))
        #expect(values == ["MONGODB_ATLAS_CLIENT_ID": "a", "MONGODB_ATLAS_CLIENT_SECRET": "b=c"])
        #expect(CredentialsFile.isOne(Array(text.utf8)))
        let read = try load(
            ["MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1", "MONGODB_ATLAS_CLIENT_ID": "z"],
            ["--credentials", rig.path("credentials")])
        guard case .serviceAccount("a", let secret)? = read.credentials else {
            Issue.record("no service account")
            return
        }
        #expect(secret.reveal() == "b=c" && read.address == "http://127.0.0.1:1")
        #expect(refused(Self.key, ["--credentials", rig.path("credentials")]).contains("both"))
    }

    @Test(arguments: [
        ("MONGODB_ATLAS_CLIENT_ID='s3cret'", "quotes"),
        ("MONGODB_ATLAS_CLIENT_ID=s3 cret", "white space (U+0020)"),
        ("MONGODB_ATLAS_CLIENT_ID=s3cret\u{200B}", "U+200B"), ("MONGODB_ATLAS_CLIENT_ID=", "no value"),
        (
            "MONGODB_ATLAS_CLIENT_ID=s3cret\nMONGODB_ATLAS_CLIENT_ID=b",
            ":2: MONGODB_ATLAS_CLIENT_ID is given twice"
        ),
        ("ATLAS_SECRET=s3cret", ":1: not one of"), ("s3cret", "not one of"), ("# s3cret", "none of"),
        ("", "none of"),
        (String(repeating: "#", count: 65_537), "over 65536 bytes"),
        ("MONGODB_ATLAS_CLIENT_ID=s3cret\0", "UTF-16"),
    ]) func filesThatAreRefused(text: String, words: String) throws {
        let rig = try Rig(0)
        try rig.write("credentials", text)
        let message = refused([:], ["--credentials", rig.path("credentials")])
        #expect(message.contains(words), "\(message)")
    }

    @Test func modesAndPlaces() throws {
        let rig = try Rig(0)
        for mode in [0o640, 0o604, 0o660] {
            try rig.write("credentials", "MONGODB_ATLAS_CLIENT_ID=a", mode: mode)
            #expect(refused([:], ["--credentials", rig.path("credentials")]).contains("chmod 600"))
        }
        #expect(refused([:], ["--credentials", rig.path("none")]).contains("can't be read"))
        #expect(refused([:], ["--credentials", rig.folder]).contains("can't be read"))
        try Data([0xC3, 0x28]).write(to: URL(filePath: rig.path("latin")))
        chmod(rig.path("latin"), 0o600)
        #expect(refused([:], ["--credentials", rig.path("latin")]).contains("not UTF-8"))
    }

    @Test func roots() throws {
        let rig = try Rig(0)
        #expect(refused([:], ["--ca-file", rig.path("none")]).contains("can't be read"))
        try rig.write("roots.pem", "no certificate")
        #expect(refused([:], ["--ca-file", rig.path("roots.pem")]).contains("no certificate in PEM form"))
        try rig.write("roots.pem", "-----BEGIN CERTIFICATE-----\n")
        #expect(try load([:], ["--ca-file", rig.path("roots.pem")]).roots?.certificates.isEmpty == false)
        try rig.write("roots.pem", "-----BEGIN CERTIFICATE-----" + String(repeating: "x", count: 4 << 20))
        #expect(refused([:], ["--ca-file", rig.path("roots.pem")]).contains("over 4 MiB"))
    }

    @Test func proxies() {
        let https = "https://cloud.mongodb.com"
        for (value, name) in [
            ("http://user:s3cret@proxy:3128/", "proxy:3128/"), ("proxy:8080", "proxy:8080"),
            ("http://[::1]:1", "[::1]:1"), ("", nil),
            ("http://s3cret/x y", "(its value is not user:password@host:port and is not shown)"),
        ] {
            #expect(ProxyName.of(https, ["HTTPS_PROXY": value]) == name)
            #expect(ProxyName.of("http://127.0.0.1", ["HTTPS_PROXY": value]) == nil)
        }
        let passwords = ProxyName.passwords([
            "https_proxy": "http://u:p%40ss@h:1", "ALL_PROXY": "socks5://h", "all_proxy": "http://user@h",
        ])
        #expect(Set(passwords.map { $0.reveal() }) == ["p%40ss", "p@ss"])
    }
}
