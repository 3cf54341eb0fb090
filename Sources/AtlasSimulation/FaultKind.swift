/// Something that goes wrong on purpose. The raw values are the names in scripts, flags and logs.
package enum FaultKind: String, CaseIterable, Codable, Sendable {
    /// 409 `AUTOMATION_CONFIG_CONCURRENT_MODIFICATION`: the one clearly passing 409.
    case conflict = "409"
    /// 409 with a code that no list has.
    case conflictUnknown = "409-unknown"
    /// 500 and nothing changed.
    case serverError = "500"
    /// 500, but the change took.
    case serverErrorAfter = "500-after"
    /// 502 with a proxy's HTML page.
    case badGateway = "502"
    /// 503 with a proxy's HTML page, no `Retry-After`.
    case unavailable = "503"
    case unavailableRetryAfter = "503-retry-after"
    case limited = "429"
    case limitedRetryAfter = "429-retry-after"
    /// 405 `WRITES_NOT_ALLOWED_DURING_APP_UPGRADES`.
    case maintenance = "405"
    /// 400 that no waiting cures, `ENCRYPTION_AT_REST_PROVIDER_NOT_SUPPORTED`.
    case refused = "400"
    /// 401 as for credentials that are no good any more.
    case unauthorized = "401"
    /// 403 `IP_ADDRESS_NOT_ON_ACCESS_LIST`.
    case accessList = "403"
    /// A 400 of a cloud identity that has not spread yet, in the words of the project's provider.
    case propagation
    /// The connection is reset and nothing changed.
    case resetBefore = "reset-before"
    /// The connection is reset after the change took.
    case resetAfter = "reset-after"
    /// No answer ever, nothing changed.
    case hang
    /// No answer ever, but the change took.
    case hangAfter = "hang-after"
    /// The change took, the answer breaks off in the middle.
    case cut
    /// The next reads after this PATCH show the state from before.
    case stale
    /// The next reads after this PATCH say `valid: false`.
    case notValid = "not-valid"
    /// From this PATCH on the key does not work. A hazard: it ends a run, on purpose.
    case neverValid = "never-valid"
    /// Someone else changes another field: before a read, after a PATCH. A hazard.
    case foreignEdit = "foreign-edit"
    /// A sign-in page with status 200 in place of an answer, and nothing changed.
    case signIn = "sign-in"
    /// The same after the change took.
    case signInAfter = "sign-in-after"
    /// 200 and JSON of somebody else's: a gateway's message, an empty object, an envelope, an error object, in turns.
    case gatewayJSON = "gateway-json"
    /// 403, 404, 407 or 302 of a gateway's own, in turns, without an error code of Atlas's.
    case gatewayRefusal = "gateway-refusal"
    /// 429 with a `Retry-After` of 90 seconds.
    case limitedLong = "429-long"
    /// 429 with a `Retry-After` of two hours, longer than any patience.
    case limitedHours = "429-hours"
    /// 503 with the same.
    case unavailableHours = "503-hours"
    /// 409 as above, but the change took.
    case conflictAfter = "409-after"
    /// 429, but the change took.
    case limitedAfter = "429-after"
    /// 401 of a gateway that does not know the token, in plain text and with a challenge for a bearer.
    case gatewayUnauthorized = "401-gateway"

    /// Whether the answer is somebody else's: it says nothing of the project.
    package var isForeign: Bool {
        switch self {
        case .signIn, .signInAfter, .gatewayJSON, .gatewayRefusal, .gatewayUnauthorized: true
        default: false
        }
    }

    /// Whether it comes on top of an ordinary answer instead of replacing it.
    package var isAftermath: Bool {
        switch self {
        case .stale, .notValid, .neverValid, .foreignEdit: true
        default: false
        }
    }

    /// Whether the request is carried out all the same.
    package var appliesFirst: Bool {
        switch self {
        case .serverErrorAfter, .resetAfter, .hangAfter, .cut, .signInAfter, .conflictAfter, .limitedAfter:
            true
        default: isAftermath
        }
    }

    /// Whether a draw by rate may give this kind for the method; scripts may ask for anything.
    package func suits(method: String) -> Bool {
        switch self {
        case .conflict, .conflictAfter, .conflictUnknown, .maintenance, .refused, .propagation, .stale,
            .notValid,
            .neverValid:
            method == "PATCH"
        case .serverErrorAfter, .resetAfter, .hangAfter, .signInAfter, .limitedAfter: method != "GET"
        case .foreignEdit: method != "POST"
        default: true
        }
    }
}
