import AtlasAPI
import Testing

/// Goal: every answer that is no success becomes an error with what can be known of it. Method: a table of answers.
@Suite struct AtlasErrorTests {
    struct Row: Sendable {
        var status: Int
        var body: String
        var headers: [String] = []
        var code: String?
        var detail: String?
    }

    static let rows = [
        Row(
            status: 409, body: #"{"error":409,"errorCode":"X_Y","detail":"because","reason":"Conflict"}"#,
            code: "X_Y", detail: "because"),
        Row(
            status: 401, body: #"{"error":"invalid_client","error_description":"who?"}"#,
            code: "invalid_client",
            detail: "who?"),
        Row(
            status: 503, body: "<html>no</html>", headers: ["Content-Type", "text/html"],
            detail:
                "a gateway or sign-in page answered in Atlas's place (text/html; an answer without an errorCode)"
        ),
        Row(
            status: 503, body: "oops",
            detail:
                "a gateway or sign-in page answered in Atlas's place (no type; an answer without an errorCode)"
        ),
        Row(status: 500, body: ""),
        Row(status: 404, body: "", headers: ["x-error-code", "GROUP_NOT_FOUND"], code: "GROUP_NOT_FOUND"),
        Row(
            status: 404, body: #"{"errorCode":"BODY"}"#, headers: ["X-Error-Code", "HEADER"], code: "BODY"),
        Row(
            status: 400, body: #"{"errorCode":7,"detail":null,"parameters":null,"badRequestDetail":null}"#,
            detail:
                "a gateway or sign-in page answered in Atlas's place (no type; an answer without an errorCode)"
        ),
        Row(
            status: 400,
            body: """
                {"errorCode":"VALIDATION_ERROR","detail":"bad",
                 "badRequestDetail":{"fields":[{"field":"roleId","description":"must be hex"},{"field":"b"},{}]}}
                """, code: "VALIDATION_ERROR", detail: "bad; roleId: must be hex; b: "),
    ]

    @Test(arguments: rows) func reads(row: Row) {
        let headers = row.headers.isEmpty ? [] : [(name: row.headers[0], value: row.headers[1])]
        let error = AtlasError(answer(row.status, row.body, headers))
        #expect(error.status == row.status && error.code == row.code && error.detail == row.detail)
    }

    @Test func parametersAreStringsOrNumbersOrNull() {
        let some = AtlasError(answer(429, #"{"errorCode":"R","parameters":["/p",0,"7"]}"#))
        #expect(some.parameters == [.string("/p"), .number(0), .string("7")])
        #expect(AtlasError(answer(404, #"{"errorCode":"R","parameters":null}"#)).parameters.isEmpty)
    }

    @Test(arguments: ["detail", "errorCode", "error_description"]) func isOneShortLine(member: String) {
        let long = #"a\u001b[2J\n\u2028"# + String(repeating: "x", count: 900)
        let error = AtlasError(answer(400, #"{"\#(member)":"\#(long)"}"#))
        let text = (error.code ?? "") + (error.detail ?? "")
        #expect(text.hasPrefix("a [2J  x") && text.unicodeScalars.count == 500)
    }

    @Test func noBytesAreTooOdd() {
        var dice = SystemRandomNumberGenerator()
        for length in [0, 1, 7, 4096] {
            let body = (0..<length).map { _ in UInt8.random(in: 0x80...0xFF, using: &dice) }
            let error = AtlasError(HTTPAnswer(status: 502, headers: HTTPHeaders(), body: body))
            #expect(error.code == nil && (error.detail == nil) == body.isEmpty)
        }
    }
}
