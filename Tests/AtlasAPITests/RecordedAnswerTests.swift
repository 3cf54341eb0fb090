import AtlasAPI
import Testing

/// Goal: whole successes as Atlas gives them are read as facts 2, 4 and 5 say, with all that keyshift does not need.
/// Method: fixtures of our own in the shapes that were recorded: made-up ids, every member of the recorded ones.
@Suite struct RecordedAnswerTests {
    private static let project = """
        {"clusterCount":3,"created":"2021-02-03T04:05:06Z","id":"65aa00000000000000000001","links":[
         {"href":"https://cloud.mongodb.com/api/atlas/v2/groups/65aa00000000000000000001","rel":"self"},
         {"href":"https://cloud.mongodb.com/api/atlas/v2/groups/65aa00000000000000000001/clusters",
          "rel":"https://cloud.mongodb.com/clusters"}],"name":"Ledger (EU), 7","orgId":"65ff00000000000000000009",
         "tags":[{"key":"env","value":"prod"}],"withDefaultAlertsSettings":true}
        """

    @Test func projectAndList() throws {
        let one = try #require(Project(json(Self.project)))
        #expect(one.name == "Ledger (EU), 7" && one.organisation.text == "65ff00000000000000000009")
        // The query of `next` comes in another order than it was asked for.
        let list = """
            {"links":[{"href":"https://cloud.mongodb.com/api/atlas/v2/groups?includeCount=true&pageNum=1&itemsPerPage=1",
             "rel":"self"},{"href":
             "https://cloud.mongodb.com/api/atlas/v2/groups?includeCount=true&itemsPerPage=1&pageNum=2","rel":"next"}],
             "results":[\(Self.project)],"totalCount":2}
            """
        let page = try #require(ProjectPage(json(list)))
        #expect(page.projects.map(\.project) == [one] && page.next == .yes && page.totalCount == 2)
        #expect(page.projects[0].tags == ["env": "prod"])
    }

    @Test func rolesOfANewProject() throws {
        let list = """
            {"awsIamRoles":[{"atlasAWSAccountArn":"arn:aws:iam::123456789012:root",
             "atlasAssumedRoleExternalId":"7d0e3f10-0000-4000-8000-000000000001","authorizedDate":null,
             "createdDate":"2026-01-02T03:04:05Z","featureUsages":[],"iamAssumedRoleArn":null,"providerName":"AWS",
             "roleId":"65bb00000000000000000002"}],"azureServicePrincipals":[{"_id":"65bb00000000000000000003",
             "atlasAzureAppId":"7d0e3f10-0000-4000-8000-000000000002","createdDate":"2026-01-02T03:04:05Z",
             "featureUsages":[],"lastUpdatedDate":"2026-01-02T03:04:05Z","providerName":"AZURE",
             "servicePrincipalId":"7d0e3f10-0000-4000-8000-000000000003",
             "tenantId":"7d0e3f10-0000-4000-8000-000000000004"}],"gcpServiceAccounts":[{
             "createdDate":"2026-01-02T03:04:05Z","featureUsages":[{"featureId":{"groupId":"65aa00000000000000000001"},
             "featureType":"ENCRYPTION_AT_REST"}],"gcpServiceAccountForAtlas":
             "mongodb-atlas-0123456789abcdef@p-0123456789abcdef01234567.iam.gserviceaccount.com","providerName":"GCP",
             "roleId":"65bb00000000000000000004","status":"COMPLETE"}]}
            """
        let roles = try #require(CloudRole.list(json(list), needed: nil))
        #expect(roles.map(\.provider) == [.awsKms, .azureKeyVault, .googleCloudKms])
        #expect(roles.map(\.isUsable) == [false, true, true])
        #expect(roles.map(\.servesEncryption) == [false, false, true])
        #expect(roles[0].identity == nil && roles[1].identity == "7d0e3f10-0000-4000-8000-000000000003")
    }

    /// As the operator's fixtures have it, with all three enabled, which keyshift refuses to change.
    @Test func everythingEnabled() throws {
        let text = """
            {"awsKms":{"enabled":true,"accessKeyID":"AKIA0123456789ABCDEF","customerMasterKeyID":"0f0f","region":
             "EU_WEST_1","roleId":"65bb00000000000000000002","valid":true},"azureKeyVault":{"enabled":true,
             "azureEnvironment":"AZURE","clientID":"c","keyIdentifier":"https://v.vault.azure.net/keys/k/1",
             "keyVaultName":"v","resourceGroupName":"g","subscriptionID":"s","tenantID":"t"},
             "googleCloudKms":{"enabled":true,"keyVersionResourceID":"projects/p/cryptoKeyVersions/1"}}
            """
        let state = try #require(EncryptionState(json(text)))
        #expect(state.enabled.map(\.isValid) == [true, false, false] && state.single == nil)
        #expect(state.enabled.map { $0.roleID != nil } == [true, false, false])
        #expect(state.enabled.map(\.values.count) == [4, 7, 1])
    }

    @Test func token() {
        let text =
            #"{"access_token":"eyJhbGciOiJFUzUxMiJ9.e30.c2ln","expires_in":3600,"token_type":"Bearer"}"#
        let answer = HTTPAnswer(status: 200, headers: HTTPHeaders(), body: Array(text.utf8))
        #expect(OAuth.token(from: answer)?.life == .seconds(3600))
    }

    /// Go's servers and nginx spell them so; both spellings come.
    @Test(arguments: ["Sunset", "sunset", "SUNSET"]) func headersInAnyCase(name: String) {
        let headers = HTTPHeaders([(name: name, value: "Thu, 1 Jul 2027 00:00:00 GMT")])
        #expect(headers["Sunset"] == "Thu, 1 Jul 2027 00:00:00 GMT")
        #expect(headers["Sunset"].flatMap(WireDate.http) == 1_814_400_000_000)
    }
}
