import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: every mistake that the contract names is told, at its place. Method: files with ⟦ where a problem is due,
/// and the kinds expected there.
@Suite struct TargetProblemTests {
    static let head = "keyshift: 1\nname: x\n"
    static let good = head + "target:\n  enabledForSearchNodes: true\n"
    static let canary = "CaNaRy-7f3a"

    static func check(
        _ marked: String, _ kinds: [TargetProblem.Kind], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let source = MarkedSource(marked)
        let expected = zip(kinds, source.places).map { TargetProblem($0, at: $1) }
        #expect(kinds.count == source.places.count, sourceLocation: sourceLocation)
        let found = MarkedSource.problems(source.text)
        #expect(found == expected, sourceLocation: sourceLocation)
        for problem in found {
            #expect(
                !problem.message.isEmpty && !problem.message.contains(canary), sourceLocation: sourceLocation)
            #expect(problem.message != "the file can't be read", sourceLocation: sourceLocation)
        }
    }

    @Test func versions() {
        Self.check("⟦name: x\ntarget:\n  enabledForSearchNodes: true\n", [.missingKey("keyshift")])
        Self.check("keyshift: ⟦2\nnmae: x\n", [.newerVersion("2")])
        let expected = "1, the version of this format"
        for version in ["0", "one", "'1'", "1.0", "-1", "99999999999999999999"] {
            let bad = TargetProblem.Kind.badValue(key: "keyshift", expected: expected, nearest: nil)
            Self.check("keyshift: ⟦\(version)\nname: x\ntarget:\n  enabledForSearchNodes: true\n", [bad])
        }
    }

    @Test func missingAndEmpty() {
        Self.check("⟦", [.empty])
        Self.check("⟦# nothing\n", [.empty])
        let problems = MarkedSource.problems("keyshift: 1\n")
        #expect(problems.map(\.kind) == [.missingKey("name"), .missingKey("target")])
        #expect(problems.allSatisfy { $0.position == .start })
    }

    @Test func keys() {
        Self.check(
            "keyshift: 1\n⟦nmae: x\nname: x\ntarget:\n  ⟦googleCloudKMS: {}\n  enabledForSearchNodes: true\n⟦zzz: 1\n",
            [
                .unknownKey("nmae", of: nil, nearest: "name"),
                .unknownKey("googleCloudKMS", of: "target", nearest: "googleCloudKms"),
                .unknownKey("zzz", of: nil, nearest: nil),
            ])
        Self.check(
            Self.good
                + "where:\n  ⟦auht: static\n  auth: ⟦stattic\nsettings:\n  ⟦rat: 1/s\n  waves: ⟦1,0,rest\n  max-failures: ⟦5.5.5%\n",
            [
                .unknownKey("auht", of: "where", nearest: "auth"),
                .badValue(key: "where.auth", expected: "one of static, role", nearest: "static"),
                .unknownKey("rat", of: "settings", nearest: "rate"),
                .badValue(key: "waves", expected: WavePattern.form, nearest: nil),
                .badValue(key: "max-failures", expected: FailureLimit.form, nearest: nil),
            ])
        Self.check(
            MarkedSource.google("⟦roleID: auto\n⟦requirePrivateNetworking: true"),
            [
                .unknownKey("roleID", of: "googleCloudKms", nearest: "roleId"),
                .unknownKey("requirePrivateNetworking", of: "googleCloudKms", nearest: nil),
            ])
    }

    @Test func duplicateKeysAndWhatElseIsWrong() {
        Self.check(
            "keyshift: 1\nname: x\n⟦name: y\ntarget:\n  googleCloudKms:\n    roleId: auto\n    ⟦'roleId' : auto\n    ⟦rolId: 1\n",
            [
                .duplicateKey("name"), .duplicateKey("roleId"),
                .unknownKey("rolId", of: "googleCloudKms", nearest: "roleId"),
            ])
        Self.check(
            "{\"keyshift\": 1, \"name\": \"x\", ⟦\"name\": \"y\", \"target\": {\"enabledForSearchNodes\": true}}",
            [.duplicateKey("name")])
        Self.check(
            "{\n  \"keyshift\": 1,\n  \"name\": \"x\",\n  ⟦\"name\": \"x\",\n  \"target\": {\"enabledForSearchNodes\": true}\n}",
            [.duplicateKey("name")])
    }

    @Test func columnsCountScalars() {
        Self.check(
            "{\"keyshift\": 1, \"name\": \"x🙂é\", ⟦\"u\": 1, \"target\": {\"enabledForSearchNodes\": true}}",
            [
                .unknownKey("u", of: nil, nearest: nil)
            ])
    }

    @Test func types() {
        let mapping = "a mapping (key: value)"
        let single = "a single value (one from the sheet as ${column})"
        Self.check("⟦- 1\n", [.wrongType(key: nil, expected: mapping)])
        Self.check("⟦text\n", [.wrongType(key: nil, expected: mapping)])
        Self.check(
            "keyshift: 1\nname: ⟦[x]\ndescription: ⟦{a: b}\ntarget: ⟦[googleCloudKms]\nwhere: ⟦static\n",
            [
                .wrongType(key: "name", expected: single),
                .wrongType(key: "description", expected: single),
                .wrongType(key: "target", expected: mapping), .wrongType(key: "where", expected: mapping),
            ])
        Self.check(
            MarkedSource.google("roleId: ⟦[a]"), [.wrongType(key: "roleId", expected: single)])
        Self.check(
            "keyshift: 1\nname: x\ntarget:\n  googleCloudKms: ⟦auto\n",
            [.wrongType(key: "googleCloudKms", expected: mapping)])
        for word in ["yes", "no", "on", "off", "True", "TRUE", "1", "\"true\"", "None"] {
            Self.check(
                Self.head + "target:\n  enabledForSearchNodes: ⟦\(word)\n",
                [.notBoolean("enabledForSearchNodes")])
        }
        #expect(
            MarkedSource.problems(Self.head + "target:\n  enabledForSearchNodes:\n").map(\.kind) == [
                .noValue("enabledForSearchNodes")
            ])
        #expect(MarkedSource.problems(Self.head + "target:\n").map(\.kind) == [.noValue("target")])
    }

    @Test func settingsValues() {
        let range = "a whole number from 1 to 1000"
        for value in ["0", "1001", "-1", "1.5", "'8'", "many"] {
            Self.check(
                Self.good + "settings:\n  concurrency: ⟦\(value)\n",
                [.badValue(key: "concurrency", expected: range, nearest: nil)])
        }
        for value in [
            "120", "120/m", "0/s", "-1/s", "1/s/s", "+1/s", "1.5/s", "None", "99999999999999999999/s",
        ] {
            Self.check(
                Self.good + "settings:\n  rate: ⟦\(value)\n",
                [.badValue(key: "rate", expected: Rate.form, nearest: nil)])
        }
        #expect(Rate("120/min")?.interval == .milliseconds(500))
        #expect(Rate("none")?.interval == nil && Rate("none") != nil)
        #expect(Rate("100/h")?.interval == .seconds(36) && Rate("2/s")?.description == "2/s")
    }

    @Test func targetRules() {
        Self.check(Self.head + "⟦target: {}\n", [.changesNothing])
        Self.check(
            Self.head + "target:\n  ⟦awsKms: {}\n  enabledForSearchNodes: true\n",
            [.providerChangesNothing("awsKms")])
        Self.check(
            Self.head + "target:\n  ⟦awsKms:\n    enabled: true\n", [.providerChangesNothing("awsKms")])
        Self.check(
            Self.head + "target:\n  awsKms:\n    roleId: auto\n  ⟦googleCloudKms:\n    roleId: ⟦nonsense\n",
            [
                .severalProviders("googleCloudKms", first: "awsKms"),
                .badValue(
                    key: "roleId", expected: "auto, a ${column} or an id of 24 hex digits", nearest: nil),
            ])
        Self.check(
            MarkedSource.google("enabled: ⟦false\nroleId: auto\n⟦valid: true"),
            [.turnsOff, .readOnly("valid")])
        #expect(MarkedSource.problems(MarkedSource.google("enabled: true\nroleId: auto")).isEmpty)
        Self.check(
            MarkedSource.google("roleId: auto\n⟦serviceAccountKey: ${env:A}\n⟦keyVersionResourceID: ${k}"),
            [
                .withRole("serviceAccountKey", why: .secret),
                .withRole("keyVersionResourceID", why: .keyVersion),
            ])
        Self.check(
            Self.head
                + "target:\n  azureKeyVault:\n    ⟦clientID: ${c}\n    ⟦tenantID: ${c}\n    roleId: ${r}\n",
            [.withRole("clientID", why: .staticIdentity), .withRole("tenantID", why: .staticIdentity)])
    }

    @Test func fieldValues() {
        Self.check(
            Self.head
                + "target:\n  awsKms:\n    region: ⟦US_EST_1\n    accessKeyID: ⟦short\n    customerMasterKeyID: ⟦''\n",
            [
                .badValue(key: "region", expected: Self.complaint(.awsKms, "region"), nearest: "US_EAST_1"),
                .badValue(key: "accessKeyID", expected: "a text of 16 to 128 characters", nearest: nil),
                .badValue(
                    key: "customerMasterKeyID", expected: "a text of 1 to 2048 characters", nearest: nil),
            ])
        Self.check(
            Self.head + "target:\n  azureKeyVault:\n    clientID: ⟦12\n    keyVaultName: ⟦\"a\\nb\"\n",
            [
                .badValue(key: "clientID", expected: "a UUID (8-4-4-4-12 hex digits)", nearest: nil),
                .badValue(key: "keyVaultName", expected: "a text without control characters", nearest: nil),
            ])
        Self.check(
            MarkedSource.google("keyVersionResourceID: ⟦\(Self.canary)"),
            [
                .badValue(
                    key: "keyVersionResourceID",
                    expected: Self.complaint(.googleCloudKms, "keyVersionResourceID"), nearest: nil)
            ])
    }

    static func complaint(_ provider: Provider, _ field: String) -> String {
        provider.field(named: field)?.kind.complaint(about: "") ?? ""
    }

    @Test func references() {
        for (text, flaw) in [
            ("'${a'", .unterminated), ("'${}'", .empty), ("'x${a${b}'", .unterminated),
            ("'${'", .unterminated),
        ] as [(String, TargetProblem.ReferenceFlaw)] {
            Self.check(
                Self.head + "target:\n  awsKms:\n    customerMasterKeyID: ⟦\(text)\n", [.reference(flaw)])
        }
        for text in ["${env:A}", "x${file:b}"] {
            Self.check(
                Self.head + "target:\n  awsKms:\n    customerMasterKeyID: ⟦'\(text)'\n",
                [.referenceOutsideSecret("customerMasterKeyID")])
        }
    }

    @Test func unknownColumns() throws {
        let source = MarkedSource(
            Self.head
                + "target:\n  awsKms:\n    secretAccessKey: ⟦${file:keys/${prject_id}-${x}}\n    requirePrivateNetworking: ${private}\n"
        )
        let problems = try TargetFile.parse(source.text).problems(columns: ["id", "private"])
        let place = source.places[0]
        #expect(
            problems == [
                TargetProblem(.unknownColumn("prject_id", nearest: "project_id"), at: place),
                TargetProblem(.unknownColumn("x", nearest: nil), at: place),
            ])
    }
}
