extension HTTPAnswer {
    /// The longest wait that a server is believed to mean.
    package static let retryAfterLimit: Duration = .seconds(86_400)

    /// How long `Retry-After` asks to wait (RFC 9110 section 10.2.3), at most `retryAfterLimit`: seconds, of which a
    /// fraction counts as a whole one, or a date against the answer's own `Date`, so that a wrong local clock does not
    /// matter. The longest when there are several, as two gateways in a row make them. nil: none that is readable.
    ///
    /// Gateways write more than the RFC has, and what can mean one thing only is taken: a unit, an exponent, ISO
    /// 8601's `PT2S` and `P1D`, and the time of the end in seconds or milliseconds since 1970.
    ///
    /// - Parameter receivedAt: our own clock, in milliseconds since 1970, for an answer without a `Date`.
    package func retryAfter(receivedAt: Int64) -> Duration? {
        headers.all("Retry-After").compactMap { wait($0, receivedAt) }.max()
    }

    /// A `Retry-After` that nobody can read, to be told: the wait is then our own guess.
    package var unreadableRetryAfter: String? {
        headers.all("Retry-After").first { wait($0, 0) == nil }
    }

    private func wait(_ text: String, _ receivedAt: Int64) -> Duration? {
        let now = headers["Date"].flatMap(WireDate.http) ?? receivedAt
        func left(until: Double) -> Duration? {
            Quantity.wait(seconds: max(0, until - Double(now)) / 1000, limit: Self.retryAfterLimit)
        }
        if let until = WireDate.http(text) ?? WireDate.rfc3339(text) { return left(until: Double(until)) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Quantity.seconds($0) }
        let seconds = parts.compactMap { $0 }
        // One part that is no number makes the field none that can be believed.
        guard seconds.count == parts.count, let longest = seconds.max() else { return nil }
        // No server means thirty years.
        if longest >= 1e12 { return left(until: longest) }
        if longest >= 1e9 { return left(until: longest * 1000) }
        return Quantity.wait(seconds: longest, limit: Self.retryAfterLimit)
    }
}
