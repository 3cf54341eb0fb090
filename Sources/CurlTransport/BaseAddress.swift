import CCurl

/// Scheme, host and port of the server, checked by libcurl's own URL parser: no second one can disagree.
package struct BaseAddress: Equatable, Sendable {
    /// Without a slash at the end, so that a path can be appended.
    package let text: String
    /// `https`, or `http` when the host is this machine.
    let scheme: String

    /// - Throws: `CurlTransportError`, also for a libcurl that is too old.
    package init(_ address: String) throws(CurlTransportError) {
        try CurlLibrary.prepare()
        guard let url = curl_url() else { throw .initialisation(function: "curl_url") }
        defer { curl_url_cleanup(url) }
        // libcurl reads an empty fragment or query as none, and the path of each request would become part of it.
        guard !address.contains("#"), !address.contains("?") else { throw .badAddress(.extraParts) }
        let isPlainText = address.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlainText, curl_url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: url), let host = Self.part(CURLUPART_HOST, of: url)
        else { throw .badAddress(.malformed) }
        let forbidden = [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT]
        let path = Self.part(CURLUPART_PATH, of: url) ?? "/"
        guard forbidden.allSatisfy({ Self.part($0, of: url) == nil }), path.allSatisfy({ $0 == "/" }) else {
            throw .badAddress(.extraParts)
        }
        switch scheme {
        case "https": break
        case "http":
            guard Self.isLoopback(host) else { throw .badAddress(.plainRemote) }
        default: throw .badAddress(.scheme)
        }
        self.scheme = scheme
        // As libcurl has read it, in small letters.
        var text = scheme + address.dropFirst(scheme.count)
        while text.hasSuffix("/") { text.removeLast() }
        self.text = text
    }

    /// `http` is for the simulator on this machine; a proxy must not see its credentials.
    var isPlain: Bool { scheme == "http" }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &value, 0) == CURLUE_OK, let value else { return nil }
        defer { curl_free(value) }
        return String(cString: value)
    }

    /// `localhost` counts: libcurl resolves it to loopback addresses without asking anyone (since 7.77.0).
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
