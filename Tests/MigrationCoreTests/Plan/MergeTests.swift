import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: a PATCH body holds what the live state holds, what the target sets, and nothing else. Method: a table of
/// cases per provider.
@Suite struct MergeTests {
    struct Row: Sendable {
        var live: EncryptionState
        var wanted: WantedState
        /// Canonical JSON.
        var body: String
        /// `path: before → after`
        var changes: [String]
    }

    static func wanted(
        _ values: [String: FieldValue] = [:], secrets: [String: String] = [:], search: Bool? = nil
    ) -> WantedState { WantedState(values: values, secretReferences: secrets, searchNodes: search) }

    static let role = Sample.role.text
    static let toRole = wanted(["roleId": .text(role)])

    static let rows = [
        Row(
            live: Sample.google(), wanted: toRole,
            body:
                #"{"googleCloudKms":{"enabled":true,"keyVersionResourceID":"\#(Sample.key)","roleId":"\#(role)"}}"#,
            changes: ["googleCloudKms.roleId: - → \(role)"]),
        Row(
            live: Sample.azure(search: false), wanted: toRole,
            body: """
                {"azureKeyVault":{"enabled":true,"keyVaultName":"v","requirePrivateNetworking":true,\
                "roleId":"\(role)"},"enabledForSearchNodes":false}
                """,
            changes: [
                "azureKeyVault.clientID: c → -", "azureKeyVault.tenantID: t → -",
                "azureKeyVault.roleId: - → \(role)",
            ]),
        Row(
            live: Sample.aws(), wanted: toRole,
            body: """
                {"awsKms":{"customerMasterKeyID":"cmk","enabled":true,"region":"US_EAST_1",\
                "requirePrivateNetworking":false,"roleId":"\(role)"}}
                """,
            changes: ["awsKms.roleId: - → \(role)", "awsKms.accessKeyID: AKIA000000000000 → -"]),
        Row(
            live: Sample.azure(role: Sample.role, search: true), wanted: wanted(search: false),
            body: """
                {"azureKeyVault":{"enabled":true,"keyVaultName":"v","requirePrivateNetworking":true,\
                "roleId":"\(role)"},"enabledForSearchNodes":false}
                """, changes: ["enabledForSearchNodes: true → false"]),
        Row(
            live: Sample.azure(role: Sample.role), wanted: wanted(["clientID": .text("new")]),
            body: """
                {"azureKeyVault":{"enabled":true,"keyVaultName":"v","requirePrivateNetworking":true,\
                "roleId":"\(role)"}}
                """, changes: []),
        Row(
            live: Sample.aws(),
            wanted: wanted(
                ["accessKeyID": .text("AKIA1"), "requirePrivateNetworking": .bool(true)],
                secrets: ["secretAccessKey": "${env:K}"]),
            body: """
                {"awsKms":{"accessKeyID":"AKIA1","customerMasterKeyID":"cmk","enabled":true,"region":"US_EAST_1",\
                "requirePrivateNetworking":true,"secretAccessKey":"${env:K}"}}
                """,
            changes: [
                "awsKms.accessKeyID: AKIA000000000000 → AKIA1", "awsKms.secretAccessKey: - → ${env:K}",
                "awsKms.requirePrivateNetworking: false → true",
            ]),
        Row(
            live: Sample.state(.azureKeyVault, ["keyVaultName": .text("v")]),
            wanted: wanted(["requirePrivateNetworking": .bool(false)], search: false),
            body: """
                {"azureKeyVault":{"enabled":true,"keyVaultName":"v","requirePrivateNetworking":false},\
                "enabledForSearchNodes":false}
                """, changes: []),
    ]

    static func show(_ value: FieldChange.Value) -> String {
        switch value {
        case .absent: "-"
        case .value(let value): value.description
        case .secret(let reference): reference
        }
    }

    @Test(arguments: rows) func merges(row: Row) throws {
        let live = try #require(row.live.single)
        let body = Merge.body(live: live, searchNodes: row.live.searchNodes, wanted: row.wanted)
        #expect(body.canonicalText() == row.body)
        let changes = Merge.changes(live: live, searchNodes: row.live.searchNodes, wanted: row.wanted)
        let shown = changes.map { "\($0.path): \(Self.show($0.before)) → \(Self.show($0.after))" }
        #expect(Set(shown) == Set(row.changes) && shown.count == row.changes.count)
        #expect(changes.map { FieldChange($0.json) } == changes.map(Optional.some))
    }

    @Test(arguments: [
        "{}", "[]", #"{"path":"a","before":1,"after":null}"#, #"{"path":"a","before":null}"#,
        #"{"path":"a","before":null,"after":{"secret":1}}"#, #"{"before":null,"after":null}"#,
    ]) func aChangeThatIsNone(text: String) { #expect(FieldChange(Sample.json(text)) == nil) }

    @Test(arguments: ["${env:NAME}", "${file:/a/b}c}", "${env:}"]) func referenceTexts(text: String) {
        #expect(ResolvedSecretReference(text: text)?.text == text)
    }

    @Test(arguments: ["", "x", "${env:NAME", "${column}", "$env:X}"]) func noReference(text: String) {
        #expect(ResolvedSecretReference(text: text) == nil)
    }
}
