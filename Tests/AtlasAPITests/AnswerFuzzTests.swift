import TestSupport
import AtlasAPI
import Testing

/// Goal: whatever a server answers, decoding gives nothing or something whole, short and safe to print. Method:
/// mutated answers of every kind, and rubbish, against what must hold of each decoded value.
@Suite struct AnswerFuzzTests {
    static let project = "65a000000000000000000001"
    static let role = "65a0000000000000000000AA"

    static let seeds = [
        #"{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",7,2000,1000,60],"detail":"d"}"#,
        #"{"errorCode":"V","detail":null,"badRequestDetail":{"fields":[{"field":"f","description":"x"}]}}"#,
        #"{"error":"invalid_client","error_description":"who\u001b[2J?"}"#, "<html><body>502</body></html>",
        "",
        """
        {"awsKms":{"enabled":true,"roleId":"\(role)","accessKeyID":"AKIA","region":"US_EAST_1","valid":true,
        "requirePrivateNetworking":false},"azureKeyVault":{"enabled":false},"enabledForSearchNodes":true}
        """,
        """
        {"googleCloudKms":{"enabled":true,"keyVersionResourceID":"k","serviceAccountKey":"CANARY","valid":null},
        "azureKeyVault":{"enabled":true,"clientID":"c","secret":"CANARY","roleId":null}}
        """,
        """
        {"awsIamRoles":[{"roleId":"\(role)","authorizedDate":"2026-01-01T00:00:00Z","createdDate":"x",
        "featureUsages":[{"featureType":"ENCRYPTION_AT_REST"}]}],"azureServicePrincipals":[{"_id":"\(role)"}],
        "gcpServiceAccounts":[{"roleId":"\(role)","status":"COMPLETE"}]}
        """,
        #"{"id":"\#(project)","name":"a, b","orgId":"\#(role)"}"#,
        #"{"results":[{"id":"\#(project)"}],"totalCount":1}"#,
        #"{"access_token":"CANARY.abc","expires_in":3600,"token_type":"Bearer"}"#,
    ].map { Array($0.utf8) }

    static let pieces =
        [
            "null", "true", "{}", "[]", "\"\"", "-1", "0.5", "1e18", "1e300", "99999999999999999999",
            "\\u0000", "\\u202e",
            "\\n", "\\ud83d\\ude00", "\\ud800", ",", ":", "\"", "{", "}", "[", "]", "\"enabled\":true,",
            "\"roleId\":\"x\",",
            "\"expires_in\":1e9", "\u{0}",
        ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0x80]]

    @Test(arguments: 20..<24) func mutatedAnswers(seed: UInt64) {
        Fuzz.run(seed: seed, rounds: 1200) {
            $0.mutated(Self.seeds, pieces: Self.pieces)
        } _: {
            Self.complaint($0)
        }
    }

    @Test func rubbish() {
        Fuzz.run(seed: 24, rounds: 500) { fuzz in
            (0..<fuzz.below(80)).map { _ in fuzz.byte() }
        } _: {
            Self.complaint($0)
        }
    }

    static func complaint(_ body: [UInt8]) -> String? {
        for status in [200, 400, 401, 503] {
            let answer = HTTPAnswer(
                status: status, headers: HTTPHeaders([(name: "Content-Type", value: "text/html; \u{1B}")]),
                body: body)
            if let words = complaint(AtlasError(answer), body) ?? token(answer) { return words }
        }
        guard let json = JSONValue(parsing: body) else { return nil }
        return EncryptionState(json).flatMap(complaint) ?? CloudRole.list(json, needed: nil).flatMap(
            complaint)
            ?? Project(json).flatMap { isID($0.id.text) && isID($0.organisation.text) ? nil : "odd id" }
            ?? Identity.organisation(json).flatMap { isID($0.text) ? nil : "odd organisation" }
    }

    static func isID(_ text: String) -> Bool {
        text.utf8.count == 24
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func complaint(_ error: AtlasError, _ body: [UInt8]) -> String? {
        if error.code == nil, error.detail == nil, !body.isEmpty { return "says nothing" }
        if error.parameters.count > AtlasError.parameterLimit { return "many parameters" }
        for text in [error.code, error.detail].compactMap({ $0 }) + error.parameters.compactMap(\.string) {
            if text.unicodeScalars.count > AtlasError.textLimit { return "long text" }
            if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
                return "controls"
            }
        }
        return error.parameters.contains { $0.array != nil || $0.object != nil } ? "nested parameter" : nil
    }

    private static func token(_ answer: HTTPAnswer) -> String? {
        guard let token = OAuth.token(from: answer) else { return nil }
        if "\(token)".contains(token.value.reveal()) { return "the token can be printed" }
        let isVisible = token.value.reveal().utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isVisible && token.life >= .seconds(1) && token.life <= .seconds(1_000_000_000)
            ? nil : "odd token"
    }

    private static func complaint(_ state: EncryptionState) -> String? {
        for settings in state.enabled {
            for (name, value) in settings.values {
                guard let field = settings.provider.field(named: name), !field.isSecret, !field.isReadOnly
                else {
                    return "no such field \(name)"
                }
                if case .bool = value, field.kind != .boolean { return "wrong type of \(name)" }
            }
            if (settings.roleID == nil) != (settings.values[FieldName.roleID] == nil) {
                return "a role is overlooked"
            }
        }
        var again = state
        for index in again.enabled.indices { again.enabled[index].isValid = false }
        return EncryptionState(state.normalised) == again ? nil : "changes in writing"
    }

    private static func complaint(_ roles: [CloudRole]) -> String? {
        roles.allSatisfy { isID($0.id.text) } ? nil : "odd role"
    }

    @Test func tokenLimit() {
        func token(_ length: Int) -> OAuth.Token? {
            let value = String(repeating: "x", count: length)
            return OAuth.token(from: answer(200, #"{"access_token":"\#(value)","expires_in":60}"#))
        }
        #expect(token(OAuth.tokenLimit) != nil && token(OAuth.tokenLimit + 1) == nil)
    }

    @Test(arguments: ["x", "", "65a00000000000000000000g"]) func anEnabledProviderWithAnOddRoleIsNotRead(
        role: String
    ) {
        #expect(EncryptionState(json(#"{"awsKms":{"enabled":true,"roleId":"\#(role)"}}"#)) == nil)
    }

    @Test func parametersAreShortAndFew() {
        let long = String(repeating: "x", count: 600)
        let list = Array(repeating: "\"\(long)\",[1],7", count: 9).joined(separator: ",")
        let error = AtlasError(answer(429, #"{"errorCode":"R","parameters":[\#(list)]}"#))
        #expect(error.parameters.count == AtlasError.parameterLimit)
        let start: [JSONValue] = [.string(String(long.prefix(AtlasError.textLimit))), .null, .number(7)]
        #expect(Array(error.parameters.prefix(3)) == start)
    }
}
