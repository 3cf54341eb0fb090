import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: states are compared by what they mean. Method: pairs of states and the paths at which they differ.
@Suite struct StateFactsTests {
    @Test(
        arguments: [
            (Sample.google(), Sample.google(valid: false, search: false), []),
            (Sample.google(), Sample.google(search: true), ["enabledForSearchNodes"]),
            (Sample.google(), Sample.google(role: Sample.role), ["googleCloudKms.roleId"]),
            (
                Sample.azure(role: Sample.role),
                Sample.state(
                    .azureKeyVault,
                    [
                        "keyVaultName": .text("v"), "requirePrivateNetworking": .bool(true),
                        "roleId": .text(Sample.role.text),
                    ]), []
            ),
            (
                Sample.azure(), Sample.state(.azureKeyVault, ["keyVaultName": .text("v")]),
                [
                    "azureKeyVault.clientID", "azureKeyVault.requirePrivateNetworking",
                    "azureKeyVault.tenantID",
                ]
            ),
            (
                Sample.aws(),
                Sample.state(
                    .awsKms,
                    [
                        "customerMasterKeyID": .text("cmk"), "region": .text("US_EAST_1"),
                        "accessKeyID": .text("AKIA000000000000"),
                    ]), []
            ),
            (
                EncryptionState(enabled: [], searchNodes: nil), Sample.google(),
                ["googleCloudKms.enabled", "googleCloudKms.keyVersionResourceID"]
            ),
        ] as [(EncryptionState, EncryptionState, [String])])
    func differences(one: EncryptionState, other: EncryptionState, paths: [String]) {
        #expect(StateFacts(one).differences(from: StateFacts(other)) == paths)
        #expect(StateFacts(other).differences(from: StateFacts(one)) == paths)
    }

    @Test func collateralIsWhatNobodyAskedFor() {
        let change = Sample.toRole
        let wanted = Sample.google(role: Sample.role)
        #expect(change.isWanted(wanted) && change.collateral(in: wanted).isEmpty)
        let other = Sample.google(role: Sample.role, key: "other", search: true)
        #expect(change.isWanted(other))
        #expect(
            change.collateral(in: other) == ["enabledForSearchNodes", "googleCloudKms.keyVersionResourceID"])
        #expect(!change.isWanted(Sample.google(role: Sample.otherRole)))
        #expect(!change.isWanted(EncryptionState(enabled: [], searchNodes: nil)))
    }

    @Test func idsOfFormerCredentialsAreNoCollateral() throws {
        let item = Sample.decide(
            ResolvedTarget(provider: .azureKeyVault, role: .auto), Sample.azure(),
            roles: [Sample.Role(id: Sample.role, provider: .azureKeyVault)])
        let change = try #require(item.change)
        // Azure keeps returning them beside the role.
        for live in [Sample.azure(role: Sample.role)] {
            #expect(change.isWanted(live) && change.collateral(in: live).isEmpty)
        }
    }
}
