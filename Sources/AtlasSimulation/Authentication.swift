import AtlasAPI

extension SimulatedAtlas {
    /// Who sends the request, as the log names it; nil when it proves nothing.
    mutating func principal(of request: SimulatedRequest, now: Int64) -> String? {
        let credentials = options.credentials
        if case .apiKey(let user, let password) = request.identity {
            return user == credentials.publicKey && password.reveal() == credentials.privateKey ? "key" : nil
        }
        guard let header = request.headers["Authorization"] else { return nil }
        if header.lowercased().hasPrefix("bearer ") {
            return tokens.number(of: String(header.dropFirst(7)), now: now).map { "token \($0)" }
        }
        guard header.lowercased().hasPrefix("digest ") else { return nil }
        let isAccepted = gate.accepts(
            header, method: request.method, target: request.target, credentials: credentials,
            life: options.nonceLife, uses: options.nonceUses, now: now)
        return isAccepted ? "key" : nil
    }

    mutating func answerOAuth(_ visit: inout Visit, _ route: Route) {
        if route == .revoke {
            visit.answer = tokens.revoke(visit.request, credentials: options.credentials)
            return
        }
        visit.answer = tokens.token(
            visit.request, credentials: options.credentials, life: options.tokenLife, seed: seed,
            now: visit.now)
    }
}
