extension HTTPAnswer {
    /// The longest wait that a server is believed to mean.
    package static let retryAfterLimit: Duration = .seconds(86_400)

    /// How long `Retry-After` asks to wait (RFC 9110 section 10.2.3), at most `retryAfterLimit`: seconds, of which a
    /// fraction counts as a whole one, or a date against the answer's own `Date`, so that a wrong local clock does not
    /// matter. The longest when there are several, as two gateways in a row make them. nil: none that is readable.
    ///
    /// - Parameter receivedAt: our own clock, in milliseconds since 1970, for an answer without a `Date`.
    package func retryAfter(receivedAt: Int64) -> Duration? {
        headers.all("Retry-After").compactMap { wait($0, receivedAt) }.max()
    }

    private func wait(_ text: String, _ receivedAt: Int64) -> Duration? {
        if let until = WireDate.http(text) {
            let date = headers["Date"].flatMap(WireDate.http) ?? receivedAt
            return min(.milliseconds(max(0, until - date)), Self.retryAfterLimit)
        }
        // Some gateways write the unit too.
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Quantity.parse(part.last == "s" ? part.dropLast() : part)
        }
        let seconds = parts.compactMap { $0 }
        // One part that is no number makes the field none that can be believed.
        guard seconds.count == parts.count, let longest = seconds.max() else { return nil }
        return Quantity.wait(seconds: longest, limit: Self.retryAfterLimit)
    }
}
