extension HTTPAnswer {
    /// The longest wait that a server is believed to mean.
    package static let retryAfterLimit: Duration = .seconds(86_400)

    /// How long `Retry-After` asks to wait (RFC 9110 section 10.2.3), at most `retryAfterLimit`: seconds, of which a
    /// fraction counts as a whole one, or a date against the answer's own `Date`, so that a wrong local clock does not
    /// matter. The longest when there are several, as two gateways in a row make them. nil: none that is readable.
    ///
    /// Gateways write more than the RFC has, and what can mean one thing only is taken: a unit, ISO 8601's `PT2S`, and
    /// the time of the end in seconds or milliseconds since 1970.
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
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.seconds)
        let seconds = parts.compactMap { $0 }
        // One part that is no number makes the field none that can be believed.
        guard seconds.count == parts.count, let longest = seconds.max() else { return nil }
        // No server means thirty years.
        if longest >= 1e12 { return left(until: longest) }
        if longest >= 1e9 { return left(until: longest * 1000) }
        return Quantity.wait(seconds: longest, limit: Self.retryAfterLimit)
    }

    private static let units: [String: Double] = [
        "": 1, "ms": 0.001, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "m": 60, "min": 60,
        "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
    ]

    /// `6`, `6.5`, `+6`, `6s`, `6 seconds`, `PT1M6S`.
    private static func seconds(_ text: Substring) -> Double? {
        let word = text.lowercased().split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        guard !word.hasPrefix("pt") else { return iso(word.dropFirst(2)) }
        let number = word.drop { $0 == "+" }.prefix { "0123456789.".contains($0) }
        guard word.count - word.drop(while: { $0 == "+" }).count <= 1, let value = Quantity.parse(number)
        else { return nil }
        let unit = word[number.endIndex...].drop { $0 == " " }
        return units[String(unit)].map { value * $0 }
    }

    /// What follows `PT`: hours, minutes and seconds, each once and in this order.
    private static func iso(_ text: Substring) -> Double? {
        var (left, total) = (text, 0.0)
        for (unit, factor) in [("h", 3600.0), ("m", 60), ("s", 1)] where left.contains(Character(unit)) {
            let number = left.prefix { String($0) != unit }
            guard let value = Quantity.parse(number), !number.contains(" ") else { return nil }
            total += value * factor
            left = left[number.endIndex...].dropFirst()
        }
        return left.isEmpty && !text.isEmpty ? total : nil
    }
}
