import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: good files mean what they say. Method: whole files, and what comes out of them.
@Suite struct TargetFileTests {
    static let google = """
        keyshift: 1
        name: google-role
        description: Switch Google Cloud KMS from a static key to a role
        target:                             # only what should change
          googleCloudKms:
            roleId: auto
          enabledForSearchNodes: ${nodes}
        where:
          provider: googleCloudKms
          auth: static
        settings:
          rate: 120/min
          concurrency: 4
        """

    @Test func theContractsExample() throws {
        let file = try TargetFile.parse("\u{FEFF}" + Self.google)
        #expect(file.name == "google-role")
        #expect(file.description == "Switch Google Cloud KMS from a static key to a role")
        #expect(file.target.provider == .googleCloudKms)
        #expect(file.target.fields.map(\.value) == [.auto])
        #expect(file.target["roleId"]?.position == SourcePosition(line: 6, column: 13))
        #expect(file.target.searchNodes?.template?.columns == ["nodes"])
        #expect(file.filter.provider == .googleCloudKms && file.filter.auth == .static)
        #expect(file.settings.rate == .count(120, per: .minute) && file.settings.concurrency == 4)
        #expect(file.problems(columns: ["nodes"]).isEmpty)
    }

    @Test func crlfAndEmptySections() throws {
        let text = "keyshift: 1\nname: x\ntarget:\n  enabledForSearchNodes: false\nwhere:\nsettings: # none\n"
        for text in [text, text.replacing("\n", with: "\r\n")] {
            let file = try TargetFile.parse(text)
            #expect(file.target.provider == nil && file.target.searchNodes == .bool(false))
            #expect(file.filter == Filter() && file.settings == TargetSettings())
        }
    }

    /// What YAML would take for numbers, booleans, dates and null.
    @Test(arguments: [
        "123456789012345678901234", "1e5", "0x1F", "012", "3.10", "None", "no", "yes", "2026-01-01", "1_000",
        ".inf",
    ])
    func textsAreTakenAsWritten(word: String) throws {
        let file = try TargetFile.parse(
            "keyshift: 1\nname: \(word)\ntarget:\n  awsKms:\n    customerMasterKeyID: \(word)\n")
        #expect(file.name == word)
        #expect(file.target["customerMasterKeyID"]?.value.template?.literal == word)
    }

    @Test func idsOfDigits() throws {
        let file = try TargetFile.parse(MarkedSource.google("roleId: 123456789012345678901234"))
        #expect(file.target["roleId"]?.value.template?.literal == "123456789012345678901234")
    }

    @Test func fieldsComeInTheSchemasOrder() throws {
        let file = try TargetFile.parse(
            "keyshift: 1\nname: x\ntarget:\n  awsKms:\n    requirePrivateNetworking: true\n    secretAccessKey: ${env:A}\n"
                + "    region: EU_WEST_1\n    accessKeyID: ${k}\n    customerMasterKeyID: a$${b}-$c-${d}$\n")
        let names = [
            "customerMasterKeyID", "region", "accessKeyID", "secretAccessKey", "requirePrivateNetworking",
        ]
        #expect(file.target.fields.map(\.field.name) == names)
        #expect(file.target.fields[0].value.template?.resolve { $0 == "d" ? "!" : nil } == "a${b}-$c-!$")
    }

    @Test(arguments: [
        google, TargetProblemTests.good,
        MarkedSource.google("serviceAccountKey: ${file:a/${project_id}$${x.json}"),
        "keyshift: 1\nname: x\ntarget:\n  azureKeyVault:\n    requirePrivateNetworking: ${p}\n    keyVaultName: 'a$${b}${c}$'\n",
    ])
    func canonicalJSONIsATargetFileToo(text: String) throws {
        let json = try TargetFile.parse(text).canonicalJSON
        let again = try TargetFile.parse(json.canonicalText())
        #expect(again.canonicalJSON == json)
        #expect(try TargetFile.parse(Array(text.utf8)).canonicalJSON.canonicalText() == json.canonicalText())
    }

    @Test func bytesThatAreNotUTF8() {
        let bytes = Array("\u{FEFF}keyshift: 1\nü".utf8) + [0xFF]
        #expect {
            try TargetFile.parse(bytes)
        } throws: { error in
            (error as? TargetProblems)?.list == [
                TargetProblem(.invalidUTF8, at: SourcePosition(line: 2, column: 2))
            ]
        }
    }
}
