import AtlasAPI
import Testing

/// Goal: whose answer it is gets decided before any meaning is read: only what has the API's media type or an error code,
/// and what its endpoint always has, is Atlas's. Method: for each endpoint a good answer, and everything that gateways,
/// sign-in pages and caches put in its place.
@Suite struct AtlasAnswerTests {
    static let id = "65aa00000000000000000001"
    static let project = ProjectID(id)!
    static let type = [(name: "Content-Type", value: "application/vnd.atlas.2023-01-01+json;charset=utf-8")]
    static let html = [(name: "Content-Type", value: "text/html; charset=utf-8")]

    struct Good: Sendable, CustomTestStringConvertible {
        var endpoint: Endpoint
        var body: String
        var testDescription: String { endpoint.path }
    }

    static let state =
        #"{"awsKms":{"enabled":false},"azureKeyVault":{"enabled":false},"googleCloudKms":{"enabled":true}}"#
    static let good = [
        Good(
            endpoint: .project(project),
            body: #"{"id":"\#(id)","name":"a","orgId":"65ff00000000000000000009","clusterCount":1}"#),
        Good(endpoint: .encryption(project), body: state),
        Good(endpoint: .changeEncryption(project), body: state),
        Good(
            endpoint: .roles(project),
            body: #"{"awsIamRoles":[],"azureServicePrincipals":[],"gcpServiceAccounts":[]}"#),
        Good(
            endpoint: .roles(project),
            body: #"{"awsIamRoles":[],"gcpServiceAccounts":null,"ociPrincipals":[]}"#),
        Good(endpoint: .makeRole(project), body: #"{"providerName":"GCP","status":"IN_PROGRESS"}"#),
        Good(endpoint: .projects(nil, page: 1), body: #"{"links":[],"results":[]}"#),
        Good(endpoint: .identity, body: #"{"results":[]}"#),
        Good(endpoint: .limits, body: #"{"results":[]}"#),
    ]

    static func isForeign(_ answer: AtlasAnswer) -> Bool { if case .foreign = answer { true } else { false } }

    @Test(arguments: good) func aGoodAnswerIsAtlass(good: Good) {
        guard case .success(let body) = good.endpoint.classify(answer(200, good.body, Self.type)) else {
            Issue.record("\(good.endpoint.classify(answer(200, good.body, Self.type)))")
            return
        }
        #expect(body == json(good.body))
        for version in ["2024-08-05", "2025-03-12"] {
            let type = [(name: "content-type", value: "Application/vnd.atlas.\(version)+JSON")]
            #expect(!Self.isForeign(good.endpoint.classify(answer(200, good.body, type))))
        }
    }

    /// Members that are there and say nothing, or something else: no state, and no list, of Atlas's.
    @Test(arguments: [
        #"{"awsKms":null,"azureKeyVault":null,"googleCloudKms":null}"#,
        #"{"awsKms":{},"azureKeyVault":{},"googleCloudKms":{}}"#,
        #"{"awsKms":{"enabled":false},"azureKeyVault":{"enabled":false},"googleCloudKms":null}"#,
        #"{"awsKms":{"enabled":"false"},"azureKeyVault":{"enabled":"false"},"googleCloudKms":{"enabled":"true"}}"#,
        #"{"awsKms":{"enabled":0},"azureKeyVault":{"enabled":0},"googleCloudKms":{"enabled":1}}"#,
        #"{"awsKms":[],"azureKeyVault":"off","googleCloudKms":true}"#,
    ]) func hollowStates(body: String) {
        for endpoint in [Endpoint.encryption(Self.project), .changeEncryption(Self.project)] {
            #expect(Self.isForeign(endpoint.classify(answer(200, body, Self.type))))
        }
    }

    @Test func hollowLists() {
        for body in [#"{"gcpServiceAccounts":null}"#, #"{"awsIamRoles":{},"gcpServiceAccounts":null}"#] {
            #expect(Self.isForeign(Endpoint.roles(Self.project).classify(answer(200, body, Self.type))))
        }
        let none = answer(200, #"{"results":null,"totalCount":0}"#, Self.type)
        #expect(Self.isForeign(Endpoint.projects(nil, page: 1).classify(none)))
        #expect(!Self.isForeign(Endpoint.projects(nil, page: 2).classify(none)))
    }

    /// Of the client and its request, or of somebody on the way.
    @Test(arguments: [
        (401, #"{"error":"invalid_client"}"#, false), (400, #"{"error":"unauthorized_client"}"#, false),
        (403, #"{"errorCode":"","message":"x"}"#, true), (404, #"{"error":"not_found"}"#, true),
        (400, #"{"error":"temporarily_unavailable"}"#, true), (400, #"{"error":"slow_down"}"#, true),
        (403, #"{"error":403,"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST"}"#, false),
    ]) func errorsOfTheTokenEndpoint(status: Int, body: String, isForeign: Bool) {
        let type = [(name: "Content-Type", value: "application/json")]
        #expect(Self.isForeign(OAuth.classify(answer(status, body, type))) == isForeign)
    }

    /// In Atlas's own media type, which a gateway may hand on: the members decide.
    @Test(arguments: good) func whatLacksTheMembersIsNot(good: Good) {
        let bodies = [
            "{}", "[]", "null", "7", #""ok""#, "", "<html></html>", #"{"message":"queued"}"#,
            #"{"status":200,"content":\#(good.body)}"#,
            #"{"error":500,"errorCode":"UNEXPECTED_ERROR","detail":"d"}"#, String(good.body.dropLast()),
        ]
        for body in bodies {
            #expect(Self.isForeign(good.endpoint.classify(answer(200, body, Self.type))), "\(body)")
        }
    }

    @Test(arguments: good) func theMembersAloneAreNotEnough(good: Good) {
        for type in ["application/json", "text/html", "application/vnd.other.2023-01-01+json", ""] {
            let headers = type.isEmpty ? [] : [(name: "Content-Type", value: type)]
            #expect(Self.isForeign(good.endpoint.classify(answer(200, good.body, headers))), "\(type)")
        }
    }

    @Test(arguments: ["awsKms", "azureKeyVault", "googleCloudKms"]) func aStateHasAllThree(provider: String) {
        let part = Self.state.replacing("\"\(provider)\"", with: "\"other\"")
        let found = Endpoint.encryption(Self.project).classify(answer(200, part, Self.type))
        guard case .foreign(let foreign) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(foreign.detail.contains(provider))
    }

    @Test func anotherProjectsAnswerIsNotThisOnes() throws {
        let other = try #require(ProjectID("65aa00000000000000000002"))
        let answer = answer(200, Self.good[0].body, Self.type)
        #expect(Self.isForeign(Endpoint.project(other).classify(answer)))
    }

    /// A proxy and a service mesh challenge, too, in every spelling: only a code tells that it was Atlas.
    @Test(arguments: [
        "Bearer realm=\"corp-proxy\"", "BearerX", "Digest realm=\"MMS Public API\", nonce=\"1\"",
        "Basic realm=\"corp\"",
    ]) func aChallengeWithAPageIsSomebodyElses(challenge: String) {
        let head = [(name: "WWW-Authenticate", value: challenge), (name: "Content-Type", value: "text/html")]
        let endpoint = Endpoint.encryption(Self.project)
        #expect(Self.isForeign(endpoint.classify(answer(401, "<html>sign in</html>", head))))
        #expect(Self.isForeign(OAuth.classify(answer(401, "<html>sign in</html>", head))))
        let page = [(name: "X-Error-Code", value: "NO_SUCH_KEY")]
        #expect(Self.isForeign(endpoint.classify(answer(404, "<html>", page))))
        for body in ["", #"{"error":401}"#, #"{"message":"Unauthorized"}"#, "Jwt verification fails"] {
            #expect(Self.isForeign(endpoint.classify(answer(401, body, head))), "\(body)")
        }
        let coded = answer(401, #"{"error":401,"errorCode":"UNEXPECTED_ERROR"}"#, head)
        #expect(!Self.isForeign(endpoint.classify(coded)))
    }

    @Test(arguments: [300, 302, 307, 400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 418, 451])
    func aRefusalNeedsACode(status: Int) {
        let endpoint = Endpoint.encryption(Self.project)
        for body in [
            "", "<html>", "{}", #"{"message":"Forbidden"}"#, #"{"error":"forbidden"}"#, #"{"errorCode":7}"#,
            // Codes of other makers under the same name: the status is not repeated, and they are spelled otherwise.
            #"{"error":1,"errorCode":"ANY","detail":"d"}"#, #"{"error":"no","errorCode":"ANY"}"#,
            #"{"errorCode":"E0000006","errorSummary":"no"}"#, #"{"errorCode":"404","message":"no"}"#,
            #"{"errorCode":"WAF-BLOCK-17"}"#, #"{"errorCode":"NoSuchKey"}"#, #"{"errorCode":""}"#,
        ] {
            #expect(Self.isForeign(endpoint.classify(answer(status, body, Self.html))), "\(status) \(body)")
        }
        let coded = [
            answer(status, #"{"error":\#(status),"errorCode":"ANY","detail":"d"}"#, Self.html),
            answer(status, #"{"error":"\#(status)","errorCode":"ANY"}"#, Self.html),
            answer(status, #"{"errorCode":"ANY"}"#),
        ]
        // The header repeats the body's code, and with a 401 it is none alone.
        for body in ["", "{}", #"{"message":"no"}"#, #"{"error":\#(status)}"#] {
            let answer = answer(status, body, [(name: "X-Error-Code", value: "ANY")])
            #expect(Self.isForeign(endpoint.classify(answer)) == (status == 401), "\(body)")
        }
        for answer in coded {
            guard case .refusal(let error) = endpoint.classify(answer) else {
                Issue.record("\(status) is not taken for Atlas's")
                continue
            }
            #expect(error.status == status && error.code == "ANY")
        }
    }

    /// What any of them says on the way means the same, whoever says it.
    @Test(arguments: [408, 429, 500, 502, 503, 504, 599, 999]) func troubleOnTheWay(status: Int) {
        #expect(!Self.isForeign(Endpoint.identity.classify(answer(status, "<html>", Self.html))))
        #expect(!Self.isForeign(OAuth.classify(answer(status, "<html>", Self.html))))
    }

    @Test(arguments: [
        #"Digest realm="MMS Public API", domain="", nonce="n", algorithm=MD5, qop="auth", stale=false"#,
        "Bearer", #"Bearer error="invalid_token""#, #"Basic realm="proxy""#, "Negotiate",
        #"Digest realm="gateway", nonce="n""#,
    ]) func a401WithoutACodeIsNotAtlass(challenge: String) {
        let headers = Self.html + [(name: "WWW-Authenticate", value: challenge)]
        #expect(Self.isForeign(Endpoint.identity.classify(answer(401, "", headers))))
    }

    @Test(
        arguments: [
            (200, #"{"access_token":"t","expires_in":60}"#, false), (200, #"{"access_token":"t"}"#, false),
            (200, "{}", true), (200, "<html>", true), (200, #"{"error":"x"}"#, true),
            (401, #"{"error":"invalid_client"}"#, false), (400, #"{"error":"invalid_request"}"#, false),
            (429, #"{"errorCode":"RATE_LIMITED"}"#, false), (401, "<html>", true), (403, "<html>", true),
            (404, "{}", true), (302, "", true),
        ] as [(Int, String, Bool)]) func ofTheTokenEndpoint(status: Int, body: String, isForeign: Bool)
    {
        #expect(Self.isForeign(OAuth.classify(answer(status, body, Self.html))) == isForeign)
    }

    @Test func theGatewayIsNamedInOneShortLine() {
        let page = "<!doctype html><HTML><Head><TITLE>Sign\nin\u{1B}[31m</TITLE></head>"
        let headers =
            Self.html + [(name: "Server", value: "proxy\r\nX: y"), (name: "Via", value: "1.1 edge")]
        guard case .foreign(let foreign) = Endpoint.identity.classify(answer(403, page, headers)) else {
            Issue.record("taken for Atlas's")
            return
        }
        for words in ["text/html", "Server proxy", "Via 1.1 edge", "Sign in"] {
            #expect(foreign.detail.contains(words), "\(foreign.detail)")
        }
        #expect(foreign.status == 403 && !foreign.detail.contains { $0.isNewline || $0 == "\u{1B}" })
        let long = [(name: "Server", value: String(repeating: "x", count: 5000))]
        guard case .foreign(let other) = Endpoint.identity.classify(answer(403, "", long)) else { return }
        #expect(other.detail.count < 400)
    }
}
