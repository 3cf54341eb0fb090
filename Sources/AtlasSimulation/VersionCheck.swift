import AtlasAPI

/// The versioned media types, `application/vnd.atlas.YYYY-MM-DD+json` (Atlas's API versioning page).
enum VersionCheck {
    /// Refuses a request whose `Accept`, or on a request with a body whose `Content-Type`, names no version
    /// that the resource has: 406, or 400 when the date is none.
    static func refusal(_ request: SimulatedRequest, version: String) -> Refusal? {
        if let refusal = refusal(header: "Accept", request.headers["Accept"], version: version) {
            return refusal
        }
        guard request.method == "PATCH" || request.method == "POST" else { return nil }
        return refusal(header: "Content-Type", request.headers["Content-Type"], version: version)
    }

    private static func refusal(header: String, _ value: String?, version: String) -> Refusal? {
        let types = (value ?? "").split(separator: ",").map {
            $0.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        }
        let prefix = "application/vnd.atlas."
        for type in types where type.hasPrefix(prefix) && type.hasSuffix("+json") {
            let date = String(type.dropFirst(prefix.count).dropLast("+json".count))
            if date == version { return nil }
            if !isDate(date) {
                return .badRequest(
                    "INVALID_VERSION_DATE", "The version date \(date) is not a date of the form YYYY-MM-DD.",
                    [.string(date)])
            }
        }
        return Refusal(
            status: 406, code: "NOT_ACCEPTABLE",
            detail: "The header \(header) names no version of this resource; it has \(version).",
            parameters: [.string(version)])
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isASCII) }),
            Int(parts[0]) != nil, let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }
}
