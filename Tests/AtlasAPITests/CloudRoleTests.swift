import AtlasAPI
import Testing

/// Goal: the roles of the three clouds are read, each with its own idea of id and readiness. Method: lists in the
/// three shapes, with every state.
@Suite struct CloudRoleTests {
    static let id = "6500000000000000000000AA"

    static func one(_ list: String, _ entry: String) -> CloudRole? {
        CloudRole.list(json(#"{"\#(list)":[\#(entry)]}"#), needed: nil)?.first
    }

    @Test(arguments: [("null", false, "not authorised"), (#""2026-01-02T03:04:05Z""#, true, "authorised")])
    func aws(date: String, usable: Bool, status: String) throws {
        let entry = #"{"roleId":"\#(Self.id)","authorizedDate":\#(date),"iamAssumedRoleArn":"arn:x"}"#
        let role = try #require(Self.one("awsIamRoles", entry))
        #expect(role.provider == .awsKms && role.id.text == Self.id.lowercased() && role.identity == "arn:x")
        #expect(role.isUsable == usable && role.status == status)
    }

    @Test func azureNamesItselfUnderscoreID() throws {
        let role = try #require(
            Self.one("azureServicePrincipals", #"{"_id":"\#(Self.id)","servicePrincipalId":"sp"}"#))
        #expect(role.provider == .azureKeyVault && role.isUsable && role.identity == "sp")
        #expect(Self.one("azureServicePrincipals", #"{"roleId":"\#(Self.id)"}"#) == nil)
    }

    @Test(arguments: [
        (#""COMPLETE""#, true, "COMPLETE"), (#""IN_PROGRESS""#, false, "IN_PROGRESS"),
        (#""FAILED""#, false, "FAILED"), (#""NOT_INITIATED""#, false, "NOT_INITIATED"),
        (#""complete""#, false, "complete"), ("null", false, "no status"),
    ]) func google(state: String, usable: Bool, status: String) throws {
        let entry =
            #"{"roleId":"\#(Self.id)","status":\#(state),"gcpServiceAccountForAtlas":"a@b","createdDate":"d"}"#
        let role = try #require(Self.one("gcpServiceAccounts", entry))
        #expect(role.provider == .googleCloudKms && role.isUsable == usable && role.status == status)
        #expect(role.identity == "a@b" && role.createdAt == "d")
    }

    @Test(arguments: [
        ("[]", false), ("null", false), (#"[{"featureType":"ATLAS_DATA_LAKE"}]"#, false),
        (#"[{"featureType":"EXPORT_SNAPSHOT"},{"featureType":"ENCRYPTION_AT_REST","featureId":"x"}]"#, true),
    ]) func usages(list: String, serves: Bool) {
        let entry = #"{"roleId":"\#(Self.id)","featureUsages":\#(list)}"#
        #expect(Self.one("awsIamRoles", entry)?.servesEncryption == serves)
    }

    @Test(arguments: ["{}", #"{"awsIamRoles":null}"#, #"{"awsIamRoles":[],"gcpServiceAccounts":[]}"#])
    func noRoles(text: String) { #expect(CloudRole.list(json(text), needed: nil) == []) }

    @Test(arguments: ["[]", "null", "7", #"{"awsIamRoles":{}}"#, #"{"awsIamRoles":"x"}"#])
    func notUnderstood(text: String) { #expect(CloudRole.list(json(text), needed: nil) == nil) }

    /// What can't be chosen is not worth a list; what is readable beside it is.
    @Test(arguments: [
        "{}", "null", "7", #""x""#, "[]", #"{"roleId":null}"#, #"{"roleId":"arn:aws:iam::1:role/x"}"#,
        #"{"status":"IN_PROGRESS","roleId":null}"#,
    ]) func anEntryWithoutAReadableIDIsLeftOut(entry: String) {
        let good = #"{"roleId":"\#(Self.id)","status":"COMPLETE","authorizedDate":"d"}"#
        for list in ["awsIamRoles", "gcpServiceAccounts"] {
            let text = #"{"\#(list)":[\#(entry),\#(good),\#(entry)]}"#
            #expect(CloudRole.list(json(text), needed: nil)?.map(\.id.text) == [Self.id.lowercased()])
        }
    }

    /// A list that is none spoils what is asked of it, and nothing else.
    @Test func aBrokenListOfAnotherCloud() {
        let text = #"{"awsIamRoles":{},"gcpServiceAccounts":[{"roleId":"\#(Self.id)"}]}"#
        #expect(CloudRole.list(json(text), needed: .googleCloudKms)?.count == 1)
        #expect(CloudRole.list(json(text), needed: .awsKms) == nil)
        #expect(CloudRole.list(json(text), needed: nil) == nil)
    }

    private static let google = #""status":"COMPLETE","gcpServiceAccountForAtlas":"a@b""#

    /// Nobody can say that there is no role where one can't be read; a usable one beside it is enough.
    @Test func anEntryThatCantBeRead() {
        let dark = #"{"roleId":null,"status":"COMPLETE"}"#
        let good = #"{"roleId":"\#(Self.id)",\#(Self.google)}"#
        func list(_ entries: String, _ needed: Provider?) -> Int? {
            CloudRole.list(json(#"{"awsIamRoles":[],"gcpServiceAccounts":[\#(entries)]}"#), needed: needed)?
                .count
        }
        #expect(list(dark, .googleCloudKms) == nil && list(dark, nil) == nil && list(dark, .awsKms) == 0)
        #expect(list("\(dark),\(good)", .googleCloudKms) == 1)
    }

    @Test func anEntryOfAnotherCloudAndASecondOfTheSameId() {
        let good = #"{"roleId":"\#(Self.id)",\#(Self.google)}"#
        let other = #"{"roleId":"65000000000000000000000c","providerName":"AWS",\#(Self.google)}"#
        let text = #"{"gcpServiceAccounts":[\#(good),\#(other),\#(good)]}"#
        #expect(CloudRole.list(json(text), needed: .googleCloudKms)?.map(\.id.text) == [Self.id.lowercased()])
    }
}
