import AtlasAPI
import Testing

/// Goal: the token messages are those of RFC 6749 and 7009, and only a usable token is one. Method: tables.
@Suite struct OAuthTests {
    @Test func tokenRequest() {
        let request = OAuth.tokenRequest(clientID: "mdb_sa_id_1", clientSecret: Secret("s"))
        #expect(request.method == .post && request.path == "/api/oauth/token")
        #expect(request.authorization == .basic(user: "mdb_sa_id_1", password: Secret("s")))
        #expect(String(decoding: request.body, as: UTF8.self) == "grant_type=client_credentials")
        #expect(request.headers.contains { $0 == ("Content-Type", "application/x-www-form-urlencoded") })
    }

    @Test func revokeEscapesTheToken() {
        let request = OAuth.revokeRequest(token: Secret("a+b/c=_é"), clientID: "i", clientSecret: Secret("s"))
        #expect(request.path == "/api/oauth/revoke")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "token=a%2Bb%2Fc%3D_%C3%A9&token_type_hint=access_token")
    }

    @Test(
        arguments: [
            (#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#, .seconds(3600)),
            (#"{"access_token":"t","expires_in":1.5}"#, .milliseconds(1500)),
            (#"{"access_token":"t","expires_in":3600,"token_type":"mac"}"#, nil),
            (#"{"access_token":"t","expires_in":0}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":-5}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":1e300}"#, .seconds(86_400)),
            (#"{"access_token":"t","expires_in":0.5}"#, .seconds(300)),
            (#"{"access_token":"t"}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":null}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":"soon"}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":"3600"}"#, .seconds(3600)),
            (#"{"access_token":"t","expires_in":" 60 "}"#, .seconds(60)),
            (#"{"access_token":"t","expires_in":"0"}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":"-1"}"#, .seconds(300)),
            (#"{"access_token":"t","expires_in":3.6e3}"#, .seconds(3600)),
            (#"{"access_token":"","expires_in":3600}"#, nil), (#"{"expires_in":3600}"#, nil),
            (#"{"access_token":"a b","expires_in":3600}"#, nil),
            (#"{"access_token":"a\r\nX: y","expires_in":3600}"#, nil), ("<html>", nil), ("", nil),
        ] as [(String, Duration?)]) func token(body: String, life: Duration?)
    {
        let token = OAuth.token(from: answer(200, body))
        #expect(token?.life == life && (token == nil || token?.value == Secret("t")))
    }
}
