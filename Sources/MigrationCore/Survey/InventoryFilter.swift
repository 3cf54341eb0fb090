package import AtlasAPI

/// Which projects an inventory shows. What can't be read is shown whatever is asked for: it may be one of them.
package struct InventoryFilter: Hashable, Sendable {
    package var provider: Provider?
    package var auth: Posture.Auth?
    package var searchNodes: Bool?
    /// All of them, by key.
    package var tags: [String: String]

    package init(
        provider: Provider? = nil, auth: Posture.Auth? = nil, searchNodes: Bool? = nil,
        tags: [String: String] = [:]
    ) {
        self.provider = provider
        self.auth = auth
        self.searchNodes = searchNodes
        self.tags = tags
    }

    /// Told from the list alone, so that projects that don't match cost no request.
    package func mayShow(_ listed: ListedProject) -> Bool {
        tags.allSatisfy { listed.tags[$0.key] == $0.value }
    }

    package func shows(_ posture: Posture) -> Bool {
        guard posture.auth != .unreadable else { return true }
        if let provider, !posture.providers.contains(provider) { return false }
        if let auth, posture.auth != auth { return false }
        if let searchNodes, posture.searchNodes != searchNodes { return false }
        return true
    }
}
