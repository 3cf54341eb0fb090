package import AtlasAPI

/// An answer that is not a success, in the API's error shape (`ApiError` of the OpenAPI document).
///
/// Texts are those of recorded answers where one is public; the others are ours.
package struct Refusal: Error, Hashable, Sendable {
    package var status: Int
    package var code: String
    package var detail: String
    package var parameters: [JSONValue] = []
    /// `badRequestDetail.fields`: what is wrong with which field.
    package var fields: [FieldComplaint] = []

    package struct FieldComplaint: Hashable, Sendable {
        package var field: String
        package var description: String
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "error": .number(Double(status)), "errorCode": .string(code), "detail": .string(detail),
            "reason": .string(Self.phrase(status)), "parameters": .array(parameters),
        ]
        if !fields.isEmpty {
            let complaints = fields.map {
                JSONValue.object(["field": .string($0.field), "description": .string($0.description)])
            }
            members["badRequestDetail"] = .object(["fields": .array(complaints)])
        }
        return .object(members)
    }

    /// The status phrase of RFC 9110 section 15.
    package static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 409: "Conflict"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        default: "Status \(status)"
        }
    }
}

extension Refusal {
    static let unexpected = Refusal(status: 500, code: "UNEXPECTED_ERROR", detail: "Unexpected error.")

    static func projectNotFound(_ id: String) -> Refusal {
        Refusal(
            status: 404, code: "GROUP_NOT_FOUND", detail: "No group with ID \(id) exists.",
            parameters: [.string(id)])
    }

    static func badProjectID(_ id: String) -> Refusal {
        Refusal(
            status: 404, code: "INVALID_GROUP_ID", detail: "An invalid group ID \(id) was specified.",
            parameters: [.string(id)])
    }

    static func notFound(_ what: String) -> Refusal {
        Refusal(
            status: 404, code: "RESOURCE_NOT_FOUND", detail: "Cannot find resource \(what).",
            parameters: [.string(what)])
    }

    /// A project of another organisation: 401, not 403 or 404 (MongoDB's list of API errors).
    static let otherOrganisation = Refusal(
        status: 401, code: "USER_UNAUTHORIZED",
        detail: "Current user is not authorized to perform this action.")

    static let cannotAccessProject = Refusal(
        status: 401, code: "USER_CANNOT_ACCESS_GROUP", detail: "The current user cannot access this group.")

    static func badRequest(_ code: String, _ detail: String, _ parameters: [JSONValue] = []) -> Refusal {
        Refusal(status: 400, code: code, detail: detail, parameters: parameters)
    }

    static func validation(_ fields: [FieldComplaint]) -> Refusal {
        Refusal(
            status: 400, code: "VALIDATION_ERROR", detail: "Validation errors have occurred.",
            parameters: fields.map { .string($0.field) }, fields: fields)
    }

    static func methodNotAllowed(_ method: String) -> Refusal {
        Refusal(status: 405, code: "METHOD_NOT_ALLOWED", detail: "The method \(method) is not allowed here.")
    }

    static let maintenance = Refusal(
        status: 405, code: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES",
        detail: "Writes are not allowed while the application is being upgraded.")

    /// The API's 429; `path` comes without its leading slash (recorded answer).
    static func rateLimited(path: String, retryAfter: Int, limit: RateLimit) -> Refusal {
        let bare = String(path.drop { $0 == "/" })
        return Refusal(
            status: 429, code: "RATE_LIMITED_TOKEN_BUCKET",
            detail: "Rate limit exceeded for \(bare). Please retry after \(retryAfter) seconds. "
                + "Request capacity: \(limit.capacity). Refill rate: \(limit.refill) per \(limit.seconds) seconds. "
                + "For more information, see: http://dochub.mongodb.org/core/atlas-api-rate-limit.",
            parameters: [
                .string(bare), .number(Double(retryAfter)), .number(Double(limit.capacity)),
                .number(Double(limit.refill)), .number(Double(limit.seconds)),
            ])
    }
}
