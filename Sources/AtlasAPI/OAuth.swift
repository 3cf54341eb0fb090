/// The OAuth 2.0 client credentials messages (RFC 6749 section 4.4, revocation RFC 7009), as Atlas speaks them.
package enum OAuth {
    package struct Token: Sendable {
        package var value: Secret
        /// From the answer's arrival to the token's end.
        package var life: Duration
    }

    package static func tokenRequest(clientID: String, clientSecret: Secret) -> HTTPRequest {
        form(
            "/api/oauth/token", "grant_type=client_credentials",
            .basic(user: clientID, password: clientSecret))
    }

    package static func revokeRequest(token: Secret, clientID: String, clientSecret: Secret) -> HTTPRequest {
        form(
            "/api/oauth/revoke", "token=\(percentEncoded(token.reveal()))&token_type_hint=access_token",
            .basic(user: clientID, password: clientSecret))
    }

    /// The longest token; real ones have some 2 KiB. A longer one would make every request one that servers and
    /// gateways refuse for its headers.
    package static let tokenLimit = 16_384

    /// The life of a token whose answer does not tell it, as RFC 6749 section 5.1 allows: short enough for any server.
    package static let untoldLife: Duration = .seconds(300)

    /// nil when the answer is not a bearer token of at most `tokenLimit` bytes.
    package static func token(from answer: HTTPAnswer) -> Token? {
        guard let json = JSONValue(parsing: answer.body), let value = json["access_token"]?.string,
            (1...tokenLimit).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            json["token_type"]?.string?.lowercased() ?? "bearer" == "bearer"
        else { return nil }
        return Token(value: Secret(value), life: life(json["expires_in"]))
    }

    /// The longest life that a token is believed to have; Atlas gives an hour.
    static let longestLife: Duration = .seconds(86_400)

    private static func life(_ told: JSONValue?) -> Duration {
        guard let seconds = told?.quantity else { return untoldLife }
        // A token is there all the same.
        guard seconds >= 1 else { return untoldLife }
        return seconds < longestLife.seconds ? .milliseconds(Int64(seconds * 1000)) : longestLife
    }

    private static func form(
        _ path: String, _ body: String, _ authorization: HTTPRequest.Authorization
    ) -> HTTPRequest {
        HTTPRequest(
            .post, path,
            headers: [
                (name: "Accept", value: "application/json"),
                (name: "Content-Type", value: "application/x-www-form-urlencoded"),
            ],
            body: Array(body.utf8), authorization: authorization)
    }

    /// Unreserved characters of RFC 3986 section 2.3 stay, the rest is escaped.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                result.append(character)
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
