import AtlasAPI

/// Why a request can't be put on the wire as it is; found before libcurl sees it.
///
/// Line ends in a header, a path or a credential would let data become further header lines (RFC 9110
/// section 5.5), and a zero byte would cut a C string short.
enum RequestFlaw: String, Error {
    case path = "the path must begin with / and hold visible ASCII only"
    case header = "a header name or value holds a character that is not allowed"
    case credential = "the credential is empty or holds a character that can't be sent, such as a line end"
    case body = "a GET must have no body, a PATCH or POST must have one"

    /// Throws the first flaw found; never names the value.
    static func check(_ request: HTTPRequest) throws(RequestFlaw) {
        // Only a slash ends the host in `base + path`: "@evil.example" would become another host.
        let isRooted = request.path.utf8.first == UInt8(ascii: "/")
        guard isRooted, isVisible(request.path, but: "#") else { throw .path }
        for header in request.headers {
            let isName = !header.name.isEmpty && isVisible(header.name, but: ":;")
            guard isName, hasNoControls(header.value) else { throw .header }
        }
        // What may be sent again is told by its body: see `Transfer.beginLeg`.
        guard request.body.isEmpty == (request.method == .get) else { throw .body }
        switch request.authorization {
        case .bearer(let token):
            guard !token.isEmpty, isVisible(token.reveal()) else { throw .credential }
        case .basic(let user, let password), .digest(let user, let password):
            let isClean = hasNoControls(user) && hasNoControls(password.reveal())
            guard !user.isEmpty, isClean else { throw .credential }
        }
    }

    /// `but`: visible characters that may not be in it either.
    private static func isVisible(_ text: String, but others: StaticString = "") -> Bool {
        others.withUTF8Buffer { others in
            text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !others.contains($0) }
        }
    }

    private static func hasNoControls(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
