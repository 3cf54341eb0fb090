package import AtlasAPI

/// The run's one token: shared by every request, renewed before it ends, replaced once when it meets a 401.
///
/// With an API key there is no token, and each request carries the key itself.
package struct TokenSession: Sendable {
    private struct Held: Sendable {
        var value: Secret
        var renewAt: Instant
        var expiresAt: Instant
    }

    private let credentials: Credentials
    private var held: Held?
    /// Counts tokens; a request says with which one it left.
    package private(set) var generation = 0
    private var isRenewalWanted = false

    package init(_ credentials: Credentials) { self.credentials = credentials }

    package var usesTokens: Bool {
        if case .serviceAccount = credentials { true } else { false }
    }

    /// nil while there is no token that lives.
    package func authorization(now: Instant) -> HTTPRequest.Authorization? {
        switch credentials {
        case .apiKey(let publicKey, let privateKey): return .digest(user: publicKey, password: privateKey)
        case .serviceAccount:
            guard let held, held.expiresAt > now, !isRenewalWanted else { return nil }
            return .bearer(held.value)
        }
    }

    /// Whether a new token should be fetched now.
    package func isFetchDue(now: Instant) -> Bool {
        guard usesTokens else { return false }
        guard let held else { return true }
        return isRenewalWanted || held.renewAt <= now
    }

    /// When a fetch will be due; nil without a token.
    package var renewAt: Instant? { held?.renewAt }

    package var fetchRequest: HTTPRequest? {
        guard case .serviceAccount(let id, let secret) = credentials else { return nil }
        return OAuth.tokenRequest(clientID: id, clientSecret: secret)
    }

    /// The margin is the smaller of ten minutes and a fifth of the life (contract section 2). `askedAt` is when the
    /// request for it left: the server's count began no earlier.
    package mutating func fetched(_ token: OAuth.Token, askedAt: Instant) {
        let margin = min(.seconds(600), token.life / 5)
        held = Held(
            value: token.value, renewAt: askedAt + (token.life - margin), expiresAt: askedAt + token.life)
        generation += 1
        isRenewalWanted = false
    }

    /// The present token met a 401: use it no more.
    package mutating func renew() { isRenewalWanted = true }

    /// The request that ends the token's life with the run; nil when there is none. Gives it once.
    package mutating func takeRevokeRequest(now: Instant) -> HTTPRequest? {
        guard case .serviceAccount(let id, let secret) = credentials, let held, held.expiresAt > now else {
            return nil
        }
        self.held = nil
        return OAuth.revokeRequest(token: held.value, clientID: id, clientSecret: secret)
    }
}
