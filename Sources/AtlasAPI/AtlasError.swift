/// The API's error object (`ApiError`), or what can be said of an answer that is none.
package struct AtlasError: Hashable, Sendable {
    package var status: Int
    /// `errorCode` of the body, else the `X-Error-Code` header; nil when the answer has neither.
    package var code: String?
    /// The `detail` of the body, shortened; for people.
    package var detail: String?
    /// The first of the body's `parameters`, texts shortened; a list or an object is null.
    package var parameters: [JSONValue]

    /// The code of one project's token bucket that is empty.
    package static let tokenBucket = "RATE_LIMITED_TOKEN_BUCKET"

    /// Characters of a code, a detail or a parameter.
    package static let textLimit = 500
    package static let parameterLimit = 16

    package init(status: Int, code: String?, detail: String?, parameters: [JSONValue] = []) {
        self.status = status
        self.code = code
        self.detail = detail
        self.parameters = parameters
    }

    /// Reads an answer that is not a success. Never fails: HTML from a proxy is an error without a code, whose detail
    /// names the gateway.
    package init(_ answer: HTTPAnswer) {
        let body = JSONValue(parsing: answer.body)
        status = answer.status
        // The OAuth endpoints answer in the shape of RFC 6749 section 5.2: `error` is a word there.
        code =
            (body?["errorCode"]?.string ?? body?["error"]?.string ?? answer.headers["X-Error-Code"])
            .map(Self.short)
        detail = (body?["detail"]?.string ?? body?["error_description"]?.string).map(Self.short)
        parameters = (body?["parameters"]?.array ?? []).prefix(Self.parameterLimit).map { value in
            switch value {
            case .string(let text): .string(Self.short(text))
            case .array, .object: .null
            case .null, .bool, .number: value
            }
        }
        if let fields = body?["badRequestDetail"]?["fields"]?.array {
            let complaints = fields.prefix(Self.textLimit).compactMap { field in
                field["field"]?.string.map { "\($0): \(field["description"]?.string ?? "")" }
            }
            detail = Self.short(([detail].compactMap { $0 } + complaints).joined(separator: "; "))
        }
        if code == nil, detail == nil, !answer.body.isEmpty {
            detail = answer.foreign("without an errorCode").detail
        }
    }

    /// One line of at most `textLimit` characters, without control characters: it ends in terminals and reports.
    private static func short(_ text: String) -> String { short(text, textLimit) }

    /// The same with another limit.
    static func short(_ text: String, _ limit: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit).map { endsLine($0) ? " " : $0 }))
    }

    private static func endsLine(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
