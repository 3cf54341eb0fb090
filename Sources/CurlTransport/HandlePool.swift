import AtlasAPI

/// Idle easy handles, last in first out, so that the few in use keep their nonces warm.
///
/// Digest handles are kept apart from those for basic and bearer: a nonce, a user and a password stay in the
/// handle between requests, and none of them may come near a token request.
struct HandlePool {
    private var digest: [EasyHandle] = []
    private var plain: [EasyHandle] = []

    /// An idle handle, or nil when a new one is to be made.
    mutating func take(for authorization: HTTPRequest.Authorization) -> EasyHandle? {
        guard case .digest = authorization else { return plain.popLast() }
        // A nonce is worth nothing to another user, so handles of the former one are let go.
        while let handle = digest.popLast() {
            if handle.digestOwner == authorization { return handle }
        }
        return nil
    }

    mutating func put(_ handle: EasyHandle) {
        if handle.digestOwner == nil { plain.append(handle) } else { digest.append(handle) }
    }

    mutating func removeAll() {
        digest.removeAll()
        plain.removeAll()
    }
}
