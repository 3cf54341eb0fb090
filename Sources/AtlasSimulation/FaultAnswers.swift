import AtlasAPI

extension FaultKind {
    /// The answer that replaces the ordinary one; nil when the kind leaves the answer as it is or gives none.
    func answer(path: String, limit: RateLimit, provider: Provider?, role: String, ordinal: Int)
        -> HTTPAnswer?
    {
        switch self {
        case .conflict, .conflictAfter:
            return .refusal(
                Refusal(
                    status: 409, code: "AUTOMATION_CONFIG_CONCURRENT_MODIFICATION",
                    detail: "Another session or user has already published changes."))
        case .conflictUnknown:
            return .refusal(
                Refusal(
                    status: 409, code: "SIMULATED_CONFLICT", detail: "A conflict that no list of codes has."))
        case .serverError, .serverErrorAfter: return .refusal(.unexpected)
        case .badGateway: return .proxyPage(502)
        case .unavailable: return .proxyPage(503)
        case .unavailableRetryAfter:
            var answer = HTTPAnswer.proxyPage(503)
            answer.headers.add("Retry-After", "1")
            return answer
        case .limited, .limitedAfter: return .refusal(.rateLimited(path: path, retryAfter: 0, limit: limit))
        case .limitedRetryAfter: return Self.limited(path, 1, limit)
        case .maintenance: return .refusal(.maintenance)
        case .refused:
            return .refusal(
                .badRequest(
                    "ENCRYPTION_AT_REST_PROVIDER_NOT_SUPPORTED",
                    "The encryption provider is not supported here."))
        case .unauthorized: return .challenge(nonce: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        case .accessList:
            return .refusal(
                Refusal(
                    status: 403, code: "IP_ADDRESS_NOT_ON_ACCESS_LIST",
                    detail: "IP address 127.0.0.1 is not allowed to access this resource.",
                    parameters: [.string("127.0.0.1")]))
        case .propagation: return .refusal(Self.propagation(provider, role: role, ordinal: ordinal))
        case .signIn, .signInAfter: return .signInPage
        case .gatewayJSON: return .gatewayJSON(ordinal)
        case .gatewayRefusal: return .gatewayRefusal(ordinal)
        case .gatewayUnauthorized: return .gatewayUnauthorized
        case .limitedLong: return Self.limited(path, 90, limit)
        case .limitedHours: return Self.limited(path, Self.hours, limit)
        case .unavailableHours:
            var answer = HTTPAnswer.proxyPage(503)
            answer.headers.add("Retry-After", String(Self.hours))
            return answer
        case .resetBefore, .resetAfter, .hang, .hangAfter, .cut, .stale, .notValid, .neverValid, .foreignEdit:
            return nil
        }
    }

    /// Two of them.
    private static let hours = 7200

    private static func limited(_ path: String, _ seconds: Int, _ limit: RateLimit) -> HTTPAnswer {
        var answer = HTTPAnswer.refusal(.rateLimited(path: path, retryAfter: seconds, limit: limit))
        answer.headers.add("Retry-After", String(seconds))
        return answer
    }

    var delivery: SimulatedResponse.Delivery {
        switch self {
        case .resetBefore, .resetAfter: .resetBeforeAnswer
        case .hang, .hangAfter: .hang
        default: .deliver
        }
    }

    /// The codes by which each cloud says "not yet"; texts of AWS and Azure as logged by nightly runs.
    private static func propagation(_ provider: Provider?, role: String, ordinal: Int) -> Refusal {
        let isFirst = ordinal % 2 == 1
        return switch provider {
        case .googleCloudKms?:
            isFirst
                ? .badRequest(
                    "NO_PERMISSION_TO_ENCRYPT_DECRYPT",
                    "Atlas has no permission to encrypt and decrypt with the key.")
                : .badRequest("INVALID_GOOGLE_CLOUD_CREDENTIALS", "Invalid Google Cloud credentials.")
        case .azureKeyVault?:
            isFirst
                ? .badRequest("INVALID_AZURE_CREDENTIALS", "Invalid Azure credentials.")
                : .badRequest(
                    "CANNOT_AUTHENTICATE_SERVICE_PRINCIPAL",
                    "Atlas cannot authenticate with the service principal (\(role)).", [.string(role)])
        case .awsKms?, nil:
            isFirst
                ? .badRequest(
                    "CANNOT_ASSUME_ROLE", "Atlas cannot assume the specified role (\(role)).", [.string(role)]
                )
                : .badRequest("INVALID_AWS_CREDENTIALS", "Invalid AWS credentials.")
        }
    }
}
