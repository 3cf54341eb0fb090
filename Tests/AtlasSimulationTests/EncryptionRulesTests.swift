import AtlasAPI
import AtlasSimulation
import Testing

@Suite struct EncryptionRulesTests {
    static let role = "aaaaaaaaaaaaaaaaaaaaaaaa"
    static let other = "bbbbbbbbbbbbbbbbbbbbbbbb"
    static let late = "cccccccccccccccccccccccc"
    static let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"

    /// A project with roles of every state.
    static func rig(_ state: SimulatedEncryption, endpoints: [String] = []) -> Rig {
        func role(_ id: String, _ provider: Provider, readyAt: Int64?) -> SimulatedRole {
            SimulatedRole(id: id, provider: provider, createdAt: 0, readyAt: readyAt, identity: "x")
        }
        var project = SimulatedProject(
            id: "dddddddddddddddddddddddd", name: "one", organisation: "eeeeeeeeeeeeeeeeeeeeeeee",
            createdAt: 0,
            encryption: state,
            roles: [
                role(Self.role, .googleCloudKms, readyAt: 0), role(late, .googleCloudKms, readyAt: nil),
                role("aaaaaaaaaaaaaaaaaaaaaaab", .awsKms, readyAt: 0),
                role("aaaaaaaaaaaaaaaaaaaaaaac", .awsKms, readyAt: nil),
                role("aaaaaaaaaaaaaaaaaaaaaaad", .azureKeyVault, readyAt: nil),
            ])
        project.privateEndpointRegions = endpoints
        return Rig(project: project)
    }

    static func google(role: String? = nil, valid: Bool = true) -> SimulatedEncryption {
        var values: [String: JSONValue] = ["keyVersionResourceID": .string(key)]
        if let role { values["roleId"] = .string(role) }
        return SimulatedEncryption(enabled: ["googleCloudKms": .init(values: values, valid: valid)])
    }

    static let aws = SimulatedEncryption(enabled: [
        "awsKms": .init(values: [
            "customerMasterKeyID": .string("key"), "region": .string("US_EAST_1"),
            "accessKeyID": .string("AKIA0000000000000000"), "requirePrivateNetworking": .bool(true),
        ])
    ])

    static let azure = SimulatedEncryption(enabled: [
        "azureKeyVault": .init(values: [
            "azureEnvironment": .string("AZURE"), "clientID": .string("00000000-0000-4000-8000-000000000000"),
            "tenantID": .string("00000000-0000-4000-8000-000000000001"),
            "subscriptionID": .string("00000000-0000-4000-8000-000000000002"),
            "resourceGroupName": .string("rg"), "keyVaultName": .string("vault"),
            "keyIdentifier": .string("https://vault/keys/k/1"),
        ])
    ])

    @Test(arguments: [
        (#"{"googleCloudKms":{"enabled":true,"roleId":"\#(role)"}}"#, "200"),
        (#"{"googleCloudKms":{"roleId":"\#(role)"}}"#, "200"),
        (#"{"googleCloudKms":{"serviceAccountKey":"{}"}}"#, "200"),
        (#"{"googleCloudKms":{"roleId":"\#(other)"}}"#, "404 RESOURCE_NOT_FOUND"),
        (#"{"googleCloudKms":{"roleId":"aaaaaaaaaaaaaaaaaaaaaaab"}}"#, "404 RESOURCE_NOT_FOUND"),
        (#"{"googleCloudKms":{"roleId":"\#(late)"}}"#, "400 CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED"),
        (#"{"googleCloudKms":{"roleId":"\#(role)","serviceAccountKey":"{}"}}"#, "400 INVALID_ATTRIBUTE"),
        (#"{"googleCloudKms":{"enabled":false}}"#, "200"),
        (#"{"googleCloudKms":{"enabled":true},"awsKms":{"enabled":false}}"#, "200"),
        (
            #"{"googleCloudKms":{"enabled":true},"awsKms":{"enabled":true}}"#,
            "400 INVALID_ENCRYPTION_AT_REST_PROVIDER"
        ),
        (#"{"awsKms":{"enabled":true}}"#, "409 CANNOT_CHANGE_ENCRYPTION_AT_REST_PROVIDER"),
        (#"{"enabledForSearchNodes":true}"#, "400 MISSING_ENCRYPTION_AT_REST_PROVIDER"),
        (#"{}"#, "400 MISSING_ENCRYPTION_AT_REST_PROVIDER"),
        (#"[]"#, "400 MALFORMED_JSON"), ("{", "400 MALFORMED_JSON"), ("", "400 MALFORMED_JSON"),
        (#"{"googleCloudKms":{"valid":true}}"#, "400 ATTRIBUTE_READ_ONLY"),
        (#"{"googleCloudKms":{"roleId":null}}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":{"roleId":"short"}}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":{"roleId":1}}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":{"enabled":"true"}}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":{"region":"US_EAST_1"}}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":null}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":{},"enabledForSearchNodes":null}"#, "400 VALIDATION_ERROR"),
        (#"{"googleCloudKms":{},"extra":1}"#, "400 VALIDATION_ERROR"),
        (#"{"awsKms":{"region":"MARS"}}"#, "400 VALIDATION_ERROR"),
    ])
    func googleStatic(body: String, verdict: String) {
        var rig = Self.rig(Self.google())
        #expect(rig.patch(0, body).verdict == verdict)
    }

    @Test func aRefusalSaysWhichFields() {
        var rig = Self.rig(Self.google())
        let answer = rig.patch(0, #"{"googleCloudKms":{"roleId":null},"extra":1}"#)
        let fields = answer.json["badRequestDetail"]?["fields"]?.array?.compactMap { $0["field"]?.string }
        #expect(fields == ["extra", "googleCloudKms.roleId"])
        #expect(answer.answer.headers["content-type"] == "application/json")
        #expect(answer.answer.headers["X-Error-Code"] == "VALIDATION_ERROR")
    }

    @Test(arguments: [
        (Self.google(role: role), #"{"googleCloudKms":{"serviceAccountKey":"{}"}}"#, "400 INVALID_ATTRIBUTE"),
        (Self.google(role: role), #"{"googleCloudKms":{"roleId":"\#(role)"}}"#, "200"),
        (
            Self.google(valid: false), #"{"googleCloudKms":{"roleId":"\#(role)"}}"#,
            "400 ENCRYPTION_AT_REST_SETTINGS_INVALID"
        ),
        (
            SimulatedEncryption(), #"{"googleCloudKms":{"roleId":"\#(role)"}}"#,
            "400 ENCRYPTION_AT_REST_NOT_ENABLED"
        ),
        (
            SimulatedEncryption(), #"{"googleCloudKms":{"enabled":true,"roleId":"\#(role)"}}"#,
            "400 MISSING_ATTRIBUTES"
        ),
        (
            SimulatedEncryption(),
            #"{"googleCloudKms":{"enabled":true,"roleId":"\#(role)","keyVersionResourceID":"\#(key)"}}"#,
            "200"
        ),
        (
            SimulatedEncryption(), #"{"googleCloudKms":{"enabled":true,"keyVersionResourceID":"\#(key)"}}"#,
            "400 MISSING_ATTRIBUTES"
        ),
        (aws, #"{"awsKms":{"roleId":"aaaaaaaaaaaaaaaaaaaaaaab"}}"#, "200"),
        (
            aws, #"{"awsKms":{"roleId":"aaaaaaaaaaaaaaaaaaaaaaac"}}"#,
            "400 CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED"
        ),
        (azure, #"{"azureKeyVault":{"roleId":"aaaaaaaaaaaaaaaaaaaaaaad"}}"#, "200"),
    ])
    func otherStates(state: SimulatedEncryption, body: String, verdict: String) {
        var rig = Self.rig(state)
        #expect(rig.patch(0, body).verdict == verdict)
    }

    @Test func privateNetworkingMustBeCarriedWhileEndpointsExist() {
        let code =
            "CANNOT_DISABLE_ENCRYPTION_AT_REST_REQUIRE_PRIVATE_NETWORKING_WHILE_PRIVATE_ENDPOINTS_EXIST"
        var rig = Self.rig(Self.aws, endpoints: ["US_EAST_1"])
        let role = #""roleId":"aaaaaaaaaaaaaaaaaaaaaaab""#
        #expect(rig.patch(0, "{\"awsKms\":{\(role)}}").code == code)
        #expect(rig.patch(0, "{\"awsKms\":{\(role),\"requirePrivateNetworking\":false}}").code == code)
        #expect(
            rig.patch(0, #"{"awsKms":{"enabled":false}}"#).code
                == "CANNOT_DISABLE_ENCRYPTION_AT_REST_DUE_TO_PRIVATE_ENDPOINTS")
        #expect(rig.patch(0, "{\"awsKms\":{\(role),\"requirePrivateNetworking\":true}}").verdict == "200")
    }

    @Test func aSwitchKeepsWhatWasLeftOutAndDropsTheAccessKey() {
        var rig = Self.rig(Self.aws)
        rig.patch(0, #"{"awsKms":{"roleId":"aaaaaaaaaaaaaaaaaaaaaaab"}}"#)
        let aws = rig.get().json["awsKms"]
        #expect(aws?["accessKeyID"] == .null)
        #expect(aws?["region"]?.string == "US_EAST_1")
        #expect(aws?["requirePrivateNetworking"]?.bool == true)
        #expect(aws?["valid"]?.bool == true)
        #expect(rig.project()?.violations == ["left out requirePrivateNetworking, which is true"])
    }

    @Test func azureKeepsItsIdsWithARole() {
        var rig = Self.rig(Self.azure)
        rig.patch(0, #"{"azureKeyVault":{"roleId":"aaaaaaaaaaaaaaaaaaaaaaad"}}"#)
        #expect(
            rig.get().json["azureKeyVault"]?["clientID"]?.string == "00000000-0000-4000-8000-000000000000")
    }

    @Test func disablingIsTakenAndRemembered() {
        var rig = Self.rig(Self.google())
        rig.patch(0, #"{"googleCloudKms":{"enabled":false}}"#)
        #expect(rig.get().json["googleCloudKms"]?["keyVersionResourceID"] == .null)
        #expect(rig.project()?.violations.first?.hasPrefix("DISABLED") == true)
    }

    @Test func searchNodesAreKeptUnlessTheOptionSaysOtherwise() {
        var state = Self.google()
        state.searchNodes = true
        var rig = Self.rig(state)
        let body = #"{"googleCloudKms":{"roleId":"\#(Self.role)"}}"#
        rig.patch(0, body)
        #expect(rig.get().json["enabledForSearchNodes"]?.bool == true)
        rig = Self.rig(state)
        rig.atlas.options.resetsOmittedSearchNodes = true
        rig.patch(0, body)
        #expect(rig.get().json["enabledForSearchNodes"]?.bool == false)
    }

    @Test func theRoleInUseSaysSo() {
        var rig = Self.rig(Self.google())
        rig.patch(0, #"{"googleCloudKms":{"roleId":"\#(Self.role)"}}"#)
        let list = rig.send("GET", "/api/atlas/v2/groups/\(rig.id())/cloudProviderAccess").json
        let roles = CloudRole.list(list, needed: nil) ?? []
        #expect(roles.filter(\.servesEncryption).map(\.id.text) == [Self.role])
        #expect(roles.count { $0.isUsable } == 3)
    }

    @Test func secretsNeverComeBackAndAreNotLogged() {
        var rig = Self.rig(Self.google())
        let response = rig.patch(0, #"{"googleCloudKms":{"serviceAccountKey":"very-secret"}}"#)
        let all =
            response.entry.json.canonicalText() + response.json.canonicalText()
            + rig.get().json.canonicalText()
        #expect(!all.contains("very-secret"))
        #expect(response.entry.body?["googleCloudKms"]?["serviceAccountKey"]?.string == "<redacted>")
    }
}
