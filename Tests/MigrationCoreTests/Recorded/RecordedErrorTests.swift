import AtlasAPI
import MigrationCore
import Testing

/// Goal: whole answers as Atlas gives them, headers and all, are understood and judged as facts 3, 5 and 7 say. Method:
/// fixtures of our own in the shapes that were recorded or quoted: made-up ids, the recorded spelling of headers.
@Suite struct RecordedErrorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var status: Int
        var body: String
        var headers: [String] = json
        var verdict: Verdict
        var code: String? = nil
        var parameters: [JSONValue] = []
        /// Seconds.
        var wait: Int64? = nil

        /// What a refusal by the API has; the code once more, in the spelling of the wire.
        static let json = [
            "Content-Type: application/json", "Ratelimit-Limit: 2000", "Vary: Accept-Encoding",
        ]
        static let challenge =
            "Www-Authenticate: Digest realm=\"MMS Public API\", domain=\"\", nonce=\"3q2+7wD\", algorithm=MD5, "
            + "qop=\"auth\", stale=false"
    }

    private static let group = "65aa00000000000000000001"
    private static let role = "65bb00000000000000000002"

    private static func error(
        _ status: Int, _ code: String, _ reason: String, _ parameters: String = "[]", detail: String = "No."
    ) -> String {
        #"{"detail":"\#(detail)","error":\#(status),"errorCode":"\#(code)","parameters":\#(parameters),"#
            + #""reason":"\#(reason)"}"#
    }

    /// One code means three things: the status tells.
    static let unexpected = [
        Row(
            testDescription: "first message of digest, or a bad key", status: 401,
            body: #"{"error":401,"reason":"Unauthorized","detail":"No.","errorCode":"UNEXPECTED_ERROR"}"#,
            headers: ["Content-Type: application/json", Row.challenge], verdict: .unauthorised,
            code: "UNEXPECTED_ERROR"),
        Row(
            testDescription: "nothing there, parameters null", status: 404,
            body: error(404, "UNEXPECTED_ERROR", "Not Found", "null"), verdict: .refused,
            code: "UNEXPECTED_ERROR"),
        Row(
            testDescription: "the server failed", status: 500,
            body: error(500, "UNEXPECTED_ERROR", "Internal Server Error"), headers: [], verdict: .transient,
            code: "UNEXPECTED_ERROR"),
    ]

    static let settings = [
        Row(
            testDescription: "AWS role not spread yet", status: 400,
            body: error(400, "CANNOT_ASSUME_ROLE", "Bad Request", #"["\#(role)"]"#), verdict: .propagation,
            code: "CANNOT_ASSUME_ROLE", parameters: [.string(role)]),
        Row(
            testDescription: "role not authorised", status: 400,
            body: error(400, "CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED", "Bad Request", #"["\#(role)"]"#),
            verdict: .propagation, code: "CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED",
            parameters: [.string(role)]),
        Row(
            testDescription: "Azure's secret, passing", status: 400,
            body: error(400, "INVALID_AZURE_CREDENTIALS", "Bad Request"), verdict: .few,
            code: "INVALID_AZURE_CREDENTIALS"),
        Row(
            testDescription: "Azure's principal", status: 400,
            body: error(400, "CANNOT_AUTHENTICATE_SERVICE_PRINCIPAL", "Bad Request", #"["\#(role)"]"#),
            verdict: .few, code: "CANNOT_AUTHENTICATE_SERVICE_PRINCIPAL", parameters: [.string(role)]),
        Row(
            testDescription: "static credentials are over", status: 400,
            body: error(400, "AZURE_KEY_VAULT_CREDENTIALS_DEPRECATED", "Bad Request"), verdict: .refused,
            code: "AZURE_KEY_VAULT_CREDENTIALS_DEPRECATED"),
        Row(
            testDescription: "private networking not carried over", status: 400,
            body: error(
                400,
                "CANNOT_DISABLE_ENCRYPTION_AT_REST_REQUIRE_PRIVATE_NETWORKING_WHILE_PRIVATE_ENDPOINTS_EXIST",
                "Bad Request", #"["US_WEST_2"]"#),
            verdict: .refused,
            code:
                "CANNOT_DISABLE_ENCRYPTION_AT_REST_REQUIRE_PRIVATE_NETWORKING_WHILE_PRIVATE_ENDPOINTS_EXIST",
            parameters: [.string("US_WEST_2")]),
        Row(
            testDescription: "switched off with private endpoints", status: 400,
            body: error(400, "CANNOT_DISABLE_ENCRYPTION_AT_REST_DUE_TO_PRIVATE_ENDPOINTS", "Bad Request"),
            verdict: .refused, code: "CANNOT_DISABLE_ENCRYPTION_AT_REST_DUE_TO_PRIVATE_ENDPOINTS"),
        Row(
            testDescription: "a field that can't be changed", status: 400,
            body: error(400, "ONLINE_ARCHIVE_CANNOT_MODIFY_FIELD", "Bad Request"), verdict: .refused,
            code: "ONLINE_ARCHIVE_CANNOT_MODIFY_FIELD"),
        Row(
            testDescription: "a state that conflicts", status: 409,
            body: error(409, "ONLINE_ARCHIVE_MUST_BE_ACTIVE_TO_PAUSE", "Conflict"), verdict: .conflict,
            code: "ONLINE_ARCHIVE_MUST_BE_ACTIVE_TO_PAUSE"),
        Row(
            testDescription: "no such project, code in the header only", status: 404, body: "",
            headers: ["X-Error-Code: GROUP_NOT_FOUND"], verdict: .refused, code: "GROUP_NOT_FOUND"),
        Row(
            testDescription: "no such cluster, mixed parameters", status: 404,
            body: error(404, "CLUSTER_NOT_FOUND", "Not Found", #"["cluster-7","\#(group)"]"#),
            verdict: .refused, code: "CLUSTER_NOT_FOUND", parameters: [.string("cluster-7"), .string(group)]),
        Row(
            testDescription: "an organisation's policy", status: 403,
            body: error(403, "ATLAS_RESOURCE_POLICIES_VIOLATION_NOT_AUTHORIZED", "Forbidden"),
            verdict: .refused, code: "ATLAS_RESOURCE_POLICIES_VIOLATION_NOT_AUTHORIZED"),
        Row(
            testDescription: "a gateway without JSON", status: 503, body: "upstream connect error",
            headers: [], verdict: .transient),
    ]

    static let runs = [
        Row(
            testDescription: "address not on the list", status: 403,
            body: error(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", "Forbidden", #"["198.51.100.4"]"#),
            verdict: .accessList, code: "IP_ADDRESS_NOT_ON_ACCESS_LIST", parameters: [.string("198.51.100.4")]
        ),
        Row(
            testDescription: "no list at all", status: 403,
            body: error(403, "ORG_REQUIRES_ACCESS_LIST", "Forbidden", #"["198.51.100.4"]"#),
            verdict: .accessList, code: "ORG_REQUIRES_ACCESS_LIST", parameters: [.string("198.51.100.4")]),
        Row(
            testDescription: "bucket empty, wait in the header", status: 429,
            body: error(
                429, "RATE_LIMITED_TOKEN_BUCKET", "Too Many Requests", #"["api/atlas/v2/orgs",41,10,5,60]"#),
            headers: ["RateLimit-Limit: 10", "RateLimit-Remaining: 0", "Retry-After: 41"],
            verdict: .throttled, code: "RATE_LIMITED_TOKEN_BUCKET",
            parameters: [.string("api/atlas/v2/orgs"), .number(41), .number(10), .number(5), .number(60)],
            wait: 41),
        Row(
            testDescription: "bucket empty, wait of nothing in the body only", status: 429,
            body: error(
                429, "RATE_LIMITED_TOKEN_BUCKET", "Too Many Requests", #"["api/x",0,1200,500,60]"#),
            headers: [], verdict: .throttled, code: "RATE_LIMITED_TOKEN_BUCKET",
            parameters: [.string("api/x"), .number(0), .number(1200), .number(500), .number(60)], wait: 0),
        Row(
            testDescription: "too many tokens", status: 429,
            body: error(429, "RATE_LIMITED", "Too Many Requests", #"["/api/oauth/token",50,1]"#),
            verdict: .throttled, code: "RATE_LIMITED",
            parameters: [.string("/api/oauth/token"), .number(50), .number(1)]),
        Row(
            testDescription: "the token endpoint's own shape", status: 401,
            body: #"{"error":"invalid_client","error_description":"Unknown."}"#, verdict: .unauthorised,
            code: "invalid_client"),
    ]

    @Test(arguments: unexpected + settings + runs) func isUnderstood(_ row: Row) {
        let headers = row.headers.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: String(parts[1].drop { $0 == " " }))
        }
        let answer = HTTPAnswer(
            status: row.status, headers: HTTPHeaders(headers), body: Array(row.body.utf8))
        let error = AtlasError(answer)
        #expect(error.code == row.code && error.parameters == row.parameters)
        let judgement =
            row.testDescription.hasPrefix("the token endpoint")
            ? RetryTable.judgeToken(.answered(answer), receivedAt: 0)
            : RetryTable.judge(.answered(answer), of: .identity, receivedAt: 0)
        let failure = judgement.failure
        #expect(judgement.verdict == row.verdict && failure?.code == row.code)
        #expect(failure?.retryAfter == row.wait.map { .seconds($0) })
    }
}
