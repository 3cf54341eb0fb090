import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: nothing but a text goes out as a text. Method: every null of YAML and JSON, and numbers and booleans of JSON,
/// for every kind of key.
@Suite struct NullTests {
    private static let nulls = ["null", "Null", "NULL", "~", "", "null # none"]

    private static let fields = [
        ("azureKeyVault", "resourceGroupName"), ("azureKeyVault", "subscriptionID"),
        ("awsKms", "customerMasterKeyID"),
        ("awsKms", "region"), ("awsKms", "requirePrivateNetworking"),
        ("googleCloudKms", "keyVersionResourceID"),
        ("googleCloudKms", "roleId"), ("googleCloudKms", "serviceAccountKey"),
    ]

    @Test(arguments: nulls) func ofAField(null: String) {
        for (provider, field) in Self.fields {
            let text = "keyshift: 1\nname: x\ntarget:\n  \(provider):\n    \(field): \(null)\n"
            #expect(MarkedSource.problems(text).map(\.kind) == [.noValue(field)], "\(field): \(null)")
        }
    }

    /// Nothing but white space is no value of a text either, and is told at its place.
    @Test(arguments: [
        "⟦'  '", "⟦\" \"", "⟦\"\\t\"", "⟦\"\\u00a0\"", "⟦\"\\u200b\"", "⟦'\u{A0}'", "⟦'\u{200B}'",
        "⟦\"\\ufeff\\u3000\"",
        "⟦'\u{2060} '",
    ]) func blanks(marked: String) throws {
        for (provider, field) in [
            ("azureKeyVault", "resourceGroupName"), ("azureKeyVault", "keyVaultName"),
            ("azureKeyVault", "keyIdentifier"),
            ("awsKms", "customerMasterKeyID"), ("awsKms", "region"),
            ("googleCloudKms", "keyVersionResourceID"),
            ("googleCloudKms", "roleId"),
        ] {
            let source = MarkedSource(
                "keyshift: 1\nname: x\ntarget:\n  \(provider):\n    \(field): \(marked)\n")
            let found = MarkedSource.problems(source.text)
            let start = try #require(source.places.first)
            #expect(found.count == 1 && found[0].position.line == start.line, "\(field) \(marked): \(found)")
            #expect((start.column...start.column + 2).contains(found[0].position.column), "\(found)")
        }
        let name = MarkedSource("keyshift: 1\nname: \(marked)\ntarget:\n  enabledForSearchNodes: true\n")
        #expect(MarkedSource.problems(name.text).map(\.position) == name.places)
    }

    @Test(arguments: nulls) func ofTheFile(null: String) throws {
        let change = "target:\n  enabledForSearchNodes: true\n"
        let file = try TargetFile.parse(
            "keyshift: 1\nname: x\ndescription: \(null)\nwhere: \(null)\nsettings: \(null)\n" + change)
        #expect(file.description == nil && file.filter == Filter() && file.settings == TargetSettings())
        for (text, key) in [
            ("name: \(null)\nkeyshift: 1\n" + change, "name"),
            ("keyshift: \(null)\nname: x\n" + change, "keyshift"),
            ("keyshift: 1\nname: x\ntarget: \(null)\n", "target"),
            ("keyshift: 1\nname: x\ntarget:\n  awsKms: \(null)\n", "awsKms"),
            ("keyshift: 1\nname: x\ntarget:\n  enabledForSearchNodes: \(null)\n", "enabledForSearchNodes"),
            ("keyshift: 1\nname: x\nwhere:\n  auth: \(null)\n" + change, "auth"),
            ("keyshift: 1\nname: x\nsettings:\n  rate: \(null)\n" + change, "rate"),
        ] {
            #expect(MarkedSource.problems(text).map(\.kind).first == .noValue(key), "\(text)")
        }
    }

    @Test(arguments: [
        "'null'", "\"~\"", "none", "None", "nil", "no", "1e5", "012", "0x1F", "true", "12", "1.0",
    ])
    func otherTextsStayTexts(word: String) throws {
        let file = try TargetFile.parse(
            "keyshift: 1\nname: \(word)\ntarget:\n  azureKeyVault:\n    resourceGroupName: \(word)\n")
        let text = word.filter { $0 != "'" && $0 != "\"" }
        #expect(file.name == text)
        #expect(file.target["resourceGroupName"]?.value.template?.literal == text)
    }

    @Test(arguments: ["12", "-1.5e3", "0", "true", "false"]) func literalsOfJSONAreNoTexts(word: String) {
        for (key, text) in [
            ("name", #"{"keyshift":1,"target":{"enabledForSearchNodes":true},"name":⟦WORD}"#),
            (
                "description",
                #"{"keyshift":1,"name":"x","target":{"enabledForSearchNodes":true},"description":⟦WORD}"#
            ),
            (
                "resourceGroupName",
                #"{"keyshift":1,"name":"x","target":{"azureKeyVault":{"resourceGroupName":⟦WORD}}}"#
            ),
            ("roleId", #"{"keyshift":1,"name":"x","target":{"awsKms":{"roleId":⟦WORD}}}"#),
            ("region", #"{"keyshift":1,"name":"x","target":{"awsKms":{"region":⟦WORD}}}"#),
            (
                "auth",
                #"{"keyshift":1,"name":"x","target":{"enabledForSearchNodes":true},"where":{"auth":⟦WORD}}"#
            ),
        ] {
            TargetProblemTests.check(
                text.replacing("WORD", with: word),
                [.wrongType(key: key, expected: "a text between double quotes")])
        }
    }

    @Test func nullsOfJSON() throws {
        let file = try TargetFile.parse(
            #"{"keyshift":1,"name":"x","description":null,"where":null,"settings":null,"target":{"enabledForSearchNodes":true}}"#
        )
        #expect(file.description == nil && file.filter == Filter())
        TargetProblemTests.check(
            #"{"keyshift":1,"name":⟦null,"target":{"azureKeyVault":{"keyVaultName":⟦null,"resourceGroupName":"null"}}}"#,
            [.noValue("name"), .noValue("keyVaultName")])
    }

    @Test func numbersOfJSONWhereNumbersAreMeant() throws {
        let file = try TargetFile.parse(
            #"{"keyshift":1,"name":"x","target":{"enabledForSearchNodes":false},"settings":{"concurrency":4,"max-failures":7}}"#
        )
        #expect(file.settings.concurrency == 4 && file.settings.maxFailures == FailureLimit("7"))
    }
}
