import AtlasAPI
import Testing

/// Goal: a secret can't be printed by any road that Swift has. Method: every road, alone and inside other values.
@Suite struct SecretTests {
    static let canary = "canary-5f1c"
    private struct Holder {
        var secret: Secret
        var list: [Secret]
        var map: [String: Secret]
        var maybe: Secret?
        var authorization: HTTPRequest.Authorization
    }

    static func prints(_ value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        let mirror = Mirror(reflecting: value)
        return [
            "\(value)", String(describing: value), String(reflecting: value), dumped,
            mirror.children.map { "\($0.label ?? "") \($0.value)" }.joined(), "\(mirror)",
        ]
    }

    static func check(_ value: some Any) { for text in prints(value) { #expect(!text.contains(canary)) } }

    @Test func isRedactedAlone() {
        let secret = Secret(Self.canary)
        Self.check(secret)
        #expect("\(secret)" == "<redacted>" && secret.debugDescription == "<redacted>")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(secret.reveal() == Self.canary && !secret.isEmpty && Secret("").isEmpty)
    }

    @Test func isRedactedInsideOthers() {
        let secret = Secret(Self.canary)
        Self.check(Optional(secret))
        Self.check([secret, secret])
        Self.check(["key": secret])
        Self.check((secret, 1))
        Self.check(Result<Secret, any Error>.success(secret))
        for authorization: HTTPRequest.Authorization in [
            .bearer(secret), .basic(user: "u", password: secret), .digest(user: "u", password: secret),
        ] {
            Self.check(authorization)
            let holder = Holder(
                secret: secret, list: [secret], map: ["k": secret], maybe: secret,
                authorization: authorization)
            Self.check(holder)
            Self.check(Endpoint.identity.request(authorization: authorization))
        }
        let token = OAuth.token(from: answer(200, #"{"access_token":"\#(Self.canary)","expires_in":9}"#))
        #expect(token?.value == secret)
        Self.check(token)
    }
}
