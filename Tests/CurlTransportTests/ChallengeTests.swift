import AtlasAPI
import CurlTransport
import Testing

/// Goal: no challenge, however odd, brings out another kind of credentials than the request has, or a second
/// authenticated PATCH. Method: a table of challenges; a server that takes whatever comes back.
@Suite(.serialized) struct ChallengeTests {
    private static let md5 =
        "Digest realm=\"MMS Public API\", domain=\"\", nonce=\"n\", algorithm=MD5, qop=\"auth\", stale=false"

    static let challenges: [[String]] = [
        [], ["Basic realm=\"x\""], ["Basic realm=\"x\"", md5], [md5, "Basic realm=\"x\""],
        ["\(md5), Basic realm=\"x\""], ["Negotiate"], ["NTLM"], ["Bearer error=\"invalid_token\""],
        [md5, md5.replacing("MD5", with: "SHA-256")], [md5.replacing("MD5", with: "SHA-256")],
        [md5.replacing("MD5", with: "MD5-sess")], [md5.replacing("MD5", with: "SHA-512-256")],
        [md5.replacing("MD5", with: "ROT13")], [md5.replacing("auth\"", with: "auth-int\"")],
        [md5.replacing("auth\"", with: "auth,auth-int\"")], [md5.replacing("qop=\"auth\", ", with: "")],
        [md5.replacing("nonce=\"n\", ", with: "")], [md5.replacing("\"n\"", with: "\"\"")],
        [md5.replacing("Digest", with: "dIGEST")], [md5 + ", userhash=true"],
        [md5.replacing("false", with: "TRUE")],
        [md5.replacing("\"n\"", with: "\"" + String(repeating: "n", count: 30_000) + "\"")],
        ["Digest"], ["Digest realm=\"unclosed, nonce=\"n"],
    ]

    @Test(arguments: challenges) func safe(_ challenge: [String]) throws {
        for (method, authorization) in [
            (HTTPRequest.Method.get, Sample.digest), (.patch, Sample.digest), (.patch, Sample.bearer),
            (.patch, Sample.basic),
        ] {
            let server = LoopbackServer { request in
                let isIn = request.isAuthenticated && authorization == Sample.digest
                let headers: [(String, String)] = isIn ? [] : challenge.map { ("WWW-Authenticate", $0) }
                return .answer(Answer.text(isIn ? 200 : 401, headers: headers))
            }
            let request = method == .get ? Sample.get("/x", authorization) : Sample.patch("/x", authorization)
            let reply = try server.transport().send(request)
            #expect(
                reply.answer?.status == 200 || reply.answer?.status == 401, "\(String(describing: reply))")
            let sent = server.requests.compactMap { $0["Authorization"]?.split(separator: " ").first }
            #expect(sent.count <= 1 && server.requests.count <= 2)
            #expect(Set(sent).isSubset(of: [Self.scheme(authorization)]), "\(sent)")
            // A body leaves with credentials only.
            #expect(server.requests.allSatisfy { $0.body.isEmpty || $0.isAuthenticated })
        }
    }

    /// libcurl takes a nonce from such a field, too, so the handle is warm: its next PATCH is not sent a second time.
    @Test(arguments: ["Basic realm=\"x\", ", "\u{0B}", ""]) func aNonceInAJoinedField(before: String) throws {
        let server = LoopbackServer { request in
            guard request.isAuthenticated, request.path != "/old" else {
                let stale = request.isAuthenticated ? "TRUE" : "false"
                let challenge = before + Self.md5.replacing("false", with: stale)
                return .answer(Answer.text(401, headers: [("WWW-Authenticate", challenge)]))
            }
            return .answer(Answer.text())
        }
        let transport = try server.transport()
        #expect(transport.send(Sample.patch("/x", Sample.digest)).answer?.status == 200)
        let old = transport.send(Sample.patch("/old", Sample.digest)).answer
        #expect(old?.status == 401 && old?.isStaleChallenge == true)
        #expect(server.authenticatedPatches.filter { $0.path == "/old" }.count == 1)
    }

    private static func scheme(_ authorization: HTTPRequest.Authorization) -> Substring {
        switch authorization {
        case .basic: "Basic"
        case .bearer: "Bearer"
        case .digest: "Digest"
        }
    }
}
