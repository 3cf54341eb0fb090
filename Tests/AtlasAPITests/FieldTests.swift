import AtlasAPI
import Testing

/// Goal: the schema of the three providers is the API's, and a value is judged by its kind. Method: tables.
@Suite struct FieldTests {
    static let uuid = "01234567-89ab-CDEF-0123-456789abcdef"
    static let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"

    @Test(
        arguments: [
            (.boolean, "true", true), (.boolean, "True", false), (.boolean, "", false),
            (.text(1...3), "", false),
            (.text(1...3), "äöü", true), (.text(1...3), "abcd", false), (.uuid, uuid, true),
            (.uuid, String(uuid.dropLast()), false), (.uuid, uuid.replacing("-", with: ""), false),
            (.uuid, uuid.replacing("0", with: "g"), false), (.uuid, "", false),
            (.objectID, "6500000000000000000000aA", true), (.objectID, "6500000000000000000000a", false),
            (.objectID, "6500000000000000000000ag", false), (.choice(["A", "B"]), "B", true),
            (.choice(["A", "B"]), "b", false), (.googleKeyVersion, key, true), (.googleKeyVersion, "", false),
            (.googleKeyVersion, key + "/", false), (.googleKeyVersion, "/" + key, false),
            (.googleKeyVersion, key.replacing("/p/", with: "//"), false),
            (.googleKeyVersion, key.replacing("keyRings", with: "keyrings"), false),
        ] as [(Field.Kind, String, Bool)]) func complaint(kind: Field.Kind, text: String, isGood: Bool)
    {
        #expect((kind.complaint(about: text) == nil) == isGood)
    }

    @Test(
        arguments: [
            (.awsKms, ["secretAccessKey"], ["accessKeyID"], []),
            (.azureKeyVault, ["secret"], ["clientID", "tenantID"], ["keyIdentifier"]),
            (.googleCloudKms, ["serviceAccountKey"], [], ["keyVersionResourceID"]),
        ] as [(Provider, [String], [String], [String])])
    func traits(provider: Provider, secrets: [String], identity: [String], version: [String]) {
        #expect(provider.fields.filter(\.isSecret).map(\.name) == secrets)
        #expect(provider.fields.filter(\.isStaticIdentity).map(\.name) == identity)
        #expect(provider.fields.filter(\.isKeyVersion).map(\.name) == version)
        #expect(provider.fields.filter(\.isReadOnly).map(\.name) == ["valid"])
        #expect(provider.field(named: "roleId")?.kind == .objectID && provider.field(named: "x") == nil)
        #expect(Set(provider.fields.map(\.name)).count == provider.fields.count)
        let hasNetworking = provider.field(named: "requirePrivateNetworking") != nil
        #expect(hasNetworking == (provider != .googleCloudKms))
    }

    @Test func awsHasItsRegions() {
        guard case .choice(let regions)? = Provider.awsKms.field(named: "region")?.kind else {
            Issue.record("no regions")
            return
        }
        #expect(regions.count == 39 && Set(regions).count == 39 && regions.contains("GLOBAL"))
    }
}
