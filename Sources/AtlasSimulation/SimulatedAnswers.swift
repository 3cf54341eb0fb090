import AtlasAPI

extension HTTPAnswer {
    /// A success of the versioned API.
    static func success(_ json: JSONValue, version: String = "2023-01-01") -> HTTPAnswer {
        HTTPAnswer(
            status: 200,
            headers: HTTPHeaders([("Content-Type", "application/vnd.atlas.\(version)+json;charset=utf-8")]),
            body: json.canonicalBytes())
    }

    /// An error of the API: plain JSON, the code also in a header (every recorded error has both).
    static func refusal(_ refusal: Refusal) -> HTTPAnswer {
        HTTPAnswer(
            status: refusal.status,
            headers: HTTPHeaders([("Content-Type", "application/json"), ("X-Error-Code", refusal.code)]),
            body: refusal.json.canonicalBytes())
    }

    /// JSON outside the versioned API: the OAuth endpoints.
    static func plain(_ status: Int, _ json: JSONValue) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: json.canonicalBytes())
    }

    /// What a proxy in front of Atlas says: no JSON (seen as 503 on PATCH in the provider's nightly runs).
    static func proxyPage(_ status: Int) -> HTTPAnswer {
        let phrase = Refusal.phrase(status)
        let page =
            "<html><head><title>\(status) \(phrase)</title></head><body><h1>\(phrase)</h1></body></html>\n"
        return HTTPAnswer(
            status: status, headers: HTTPHeaders([("Content-Type", "text/html")]), body: Array(page.utf8))
    }

    /// What a network's sign-in page says in place of everything.
    static let signInPage = HTTPAnswer(
        status: 200, headers: HTTPHeaders([("Content-Type", "text/html; charset=utf-8")]),
        body: Array("<!doctype html><html><head><title>Sign in</title></head><body></body></html>".utf8))

    /// JSON with status 200 that is none of the endpoint's; a part of it even in Atlas's media type.
    static func gatewayJSON(_ turn: Int) -> HTTPAnswer {
        switch turn % 4 {
        case 0: plain(200, .object(["message": .string("The request was queued.")]))
        case 1: success(.object([:]))
        case 2: success(.object(["status": .number(200), "content": .object([:])]))
        default: success(Refusal.unexpected.json)
        }
    }

    /// A refusal that is none of Atlas's.
    static func gatewayRefusal(_ turn: Int) -> HTTPAnswer {
        let status = [403, 404, 407, 302][turn % 4]
        let page = "<html><head><title>\(status)</title></head><body>Request blocked.</body></html>"
        return HTTPAnswer(
            status: status, headers: HTTPHeaders([("Content-Type", "text/html"), ("Server", "gateway")]),
            body: Array(page.utf8))
    }

    /// As a service mesh says it of a token that it can't verify.
    static let gatewayUnauthorized = HTTPAnswer(
        status: 401,
        headers: HTTPHeaders([
            ("Content-Type", "text/plain"), ("Server", "gateway"),
            ("WWW-Authenticate", "Bearer realm=\"https://atlas.invalid/\", error=\"invalid_token\""),
        ]), body: Array("Jwt verification fails".utf8))

    /// The 401 of every request that is not authenticated, word for word as recorded; without `X-Error-Code`.
    static func challenge(nonce: String) -> HTTPAnswer {
        let value =
            "Digest realm=\"\(DigestGate.realm)\", domain=\"\", nonce=\"\(nonce)\", algorithm=MD5, "
            + "qop=\"auth\", stale=false"
        let body = JSONValue.object([
            "error": .number(401), "reason": .string("Unauthorized"),
            "detail": .string("You are not authorized for this resource."),
            "errorCode": .string("UNEXPECTED_ERROR"),
        ])
        var answer = plain(401, body)
        answer.headers.add("Www-Authenticate", value)
        return answer
    }
}

/// Times as the wire writes them, by arithmetic: a formatter per answer would be most of its cost.
enum ServerDate {
    /// IMF-fixdate, RFC 9110 section 5.6.7.
    static func http(_ milliseconds: Int64) -> String {
        let (date, time, weekday) = parts(milliseconds)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[weekday]), \(pad(date.day)) \(months[date.month - 1]) \(date.year) \(time) GMT"
    }

    /// `2026-08-10T03:03:36Z`, as the API dates its resources.
    static func rfc3339(_ milliseconds: Int64) -> String {
        let (date, time, _) = parts(milliseconds)
        return "\(date.year)-\(pad(date.month))-\(pad(date.day))T\(time)Z"
    }

    private typealias Day = (year: Int, month: Int, day: Int)

    /// Days to date by Howard Hinnant's `civil_from_days`; right for every time from 1970 on.
    private static func parts(_ milliseconds: Int64) -> (date: Day, time: String, weekday: Int) {
        let seconds = Int(max(0, milliseconds) / 1000)
        let days = seconds / 86_400
        let clock = seconds % 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let time = "\(pad(clock / 3600)):\(pad(clock / 60 % 60)):\(pad(clock % 60))"
        return ((year, month, day), time, (days + 4) % 7)
    }

    private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
