import AtlasAPI
import Testing

/// Goal: an answer of `encryptionAtRest` is taken for what it says and never for an empty state. Method: answers in
/// the shapes that Atlas is known to give, and each field with a wrong type.
@Suite struct EncryptionStateTests {
    static let role = "6500000000000000000000aa"
    static let unconfigured = """
        {"awsKms":{"enabled":false,"valid":false,"accessKeyID":null,"region":null,"roleId":null},
         "azureKeyVault":{"enabled":false,"clientID":null,"valid":false},
         "googleCloudKms":{"enabled":false,"keyVersionResourceID":null,"valid":false},
         "enabledForSearchNodes":null}
        """

    @Test(arguments: [
        unconfigured, "{}", #"{"awsKms":null,"azureKeyVault":null,"googleCloudKms":null}"#,
        #"{"googleCloudKms":{}}"#, #"{"googleCloudKms":{"enabled":null}}"#,
        #"{"googleCloudKms":{"enabled":false,"keyVersionResourceID":"left over","roleId":"\#(role)"}}"#,
    ]) func nothingEnabled(text: String) {
        let state = EncryptionState(json(text))
        #expect(state == EncryptionState(enabled: [], searchNodes: nil))
        #expect(state?.single == nil && state?.normalised == json("{}"))
    }

    @Test func configured() throws {
        let text = """
            {"awsKms":{"enabled":false},"googleCloudKms":{"enabled":true,"keyVersionResourceID":"k","valid":true,
             "roleId":"\(Self.role)","serviceAccountKey":"never seen","unheardOf":[1]},"enabledForSearchNodes":true}
            """
        let state = try #require(EncryptionState(json(text)))
        let settings = try #require(state.single)
        #expect(settings.provider == .googleCloudKms && settings.isValid)
        #expect(settings.values == ["keyVersionResourceID": .text("k"), "roleId": .text(Self.role)])
        #expect(settings.roleID?.text == Self.role && state.searchNodes == true)
        let kept = #"{"enabled":true,"keyVersionResourceID":"k","roleId":"\#(Self.role)"}"#
        #expect(
            state.normalised.canonicalText() == #"{"enabledForSearchNodes":true,"googleCloudKms":\#(kept)}"#)
    }

    @Test(
        arguments: [("", nil), (#","enabledForSearchNodes":null"#, nil)]
            + [true, false].map {
                (#","enabledForSearchNodes":\#($0)"#, Optional($0))
            }) func searchNodes(member: String, expected: Bool?) throws
    {
        let state = try #require(EncryptionState(json(#"{"awsKms":{"enabled":true}\#(member)}"#)))
        #expect(state.searchNodes == expected)
    }

    @Test(arguments: [("true", true), ("false", false), ("null", false)]) func onlyTrueIsValid(
        text: String, expected: Bool
    ) {
        let state = EncryptionState(json(#"{"awsKms":{"enabled":true,"valid":\#(text)}}"#))
        #expect(state?.single?.isValid == expected)
    }

    @Test(arguments: [
        "[]", "null", "\"text\"", #"{"awsKms":[]}"#, #"{"awsKms":"on"}"#, #"{"awsKms":{"enabled":"true"}}"#,
        #"{"awsKms":{"enabled":1}}"#, #"{"awsKms":{"enabled":true,"region":7}}"#,
        #"{"awsKms":{"enabled":true,"requirePrivateNetworking":"true"}}"#,
        #"{"awsKms":{"enabled":true,"roleId":{}}}"#, #"{"enabledForSearchNodes":"true"}"#,
        #"{"awsKms":{"enabled":true,"valid":"true"}}"#,
    ]) func wrongTypesAreNoState(text: String) { #expect(EncryptionState(json(text)) == nil) }

    @Test func severalProvidersComeInNameOrder() {
        let text = #"{"googleCloudKms":{"enabled":true},"awsKms":{"enabled":true}}"#
        let state = EncryptionState(json(text))
        #expect(state?.enabled.map(\.provider) == [.awsKms, .googleCloudKms])
        #expect(state?.single == nil)
    }

    @Test func theNormalisedStateIsReadBack() {
        let text =
            #"{"azureKeyVault":{"enabled":true,"clientID":"c","requirePrivateNetworking":false,"valid":true}}"#
        let state = EncryptionState(json(text))
        var expected = state
        expected?.enabled[0].isValid = false
        #expect(state.flatMap { EncryptionState($0.normalised) } == expected)
    }
}
