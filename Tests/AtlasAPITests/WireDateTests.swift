import AtlasAPI
import Testing

/// Goal: dates of the wire become milliseconds, and rubbish becomes nothing. Method: tables of texts with known
/// moments.
@Suite struct WireDateTests {
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777_000),
            ("Sun Nov  6 08:49:37 1994", 784_111_777_000),
            ("Tuesday, 31-Dec-69 23:59:59 GMT", 3_155_759_999_000),
            ("Thursday, 01-Jan-70 00:00:00 GMT", 0),
            ("Thu, 1 Jul 2027 00:00:00 GMT", 1_814_400_000_000),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199_000),
        ] as [(String, Int64)]) func http(text: String, milliseconds: Int64)
    {
        #expect(WireDate.http(text) == milliseconds)
    }

    @Test(arguments: [
        "", "0", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 08:49:37 94",
        "Sunday, 6-Nov-94 08:49 GMT", "Sun, 31 Feb 2026 00:00:00 GMT", "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 006 Nov 1994 08:49:37 GMT", "Sun, xx Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49 GMT", "Sun, 06 Nov 1994 08:49:37 GMT GMT", "2026-08-10T03:03:36Z",
    ]) func notHTTP(text: String) { #expect(WireDate.http(text) == nil) }

    @Test(
        arguments: [
            ("2026-08-10T03:03:36Z", 1_786_331_016_000), ("2026-08-10T03:03:36.5Z", 1_786_331_016_500),
            ("2026-08-10T03:03:36.123Z", 1_786_331_016_123),
        ] as [(String, Int64)]) func rfc3339(text: String, milliseconds: Int64)
    {
        #expect(WireDate.rfc3339(text) == milliseconds)
    }

    @Test(arguments: ["", "yesterday", "2026-08-10", "10/08/2026", "2026-08-10T03:03Z"])
    func notRFC3339(text: String) { #expect(WireDate.rfc3339(text) == nil) }

    @Test(arguments: [0, 1, 999, 1_786_331_016_123, 4_102_444_800_000] as [Int64])
    func whatIsWrittenIsReadBack(milliseconds: Int64) {
        let text = WireDate.text(milliseconds: milliseconds)
        #expect(text.count == 24 && text.hasSuffix("Z") && WireDate.rfc3339(text) == milliseconds)
    }

    static let date = ("Date", "Mon, 02 Mar 2026 10:00:00 GMT")

    @Test(
        arguments: [
            ("0", .zero), ("7", .seconds(7)), ("86401", .seconds(86_400)), ("-1", nil), ("1.5", .seconds(2)),
            ("6.5", .seconds(7)), ("6.0", .seconds(6)), ("6, 6", .seconds(6)), ("6,9", .seconds(9)),
            (" 7 ", .seconds(7)),
            ("6s", .seconds(6)), ("6, x", nil), (",", nil), ("1.2.3", nil), ("1e3", .seconds(1000)),
            ("1.5E1", .seconds(15)), ("2e-1", .seconds(1)),
            ("1e999", .seconds(86_400)), ("1e", nil), ("e3", nil), ("1e3s", nil), ("1e1e1", nil), (".5", nil),
            ("-1e3", nil), ("-5s", nil), ("-PT5S", nil), ("PT-5S", nil),
            ("5.", nil),
            ("", nil),
            ("soon", nil), ("+3x", nil), ("99999999999999999999999", .seconds(86_400)),
            ("Mon, 02 Mar 2026 10:00:30 GMT", .seconds(30)), ("Mon, 2 Mar 2026 10:00:30 GMT", .seconds(30)),
            ("Mon, 02 Mar 2026 09:00:00 GMT", .zero), ("Wed, 04 Mar 2026 10:00:00 GMT", .seconds(86_400)),
            ("Mon, 02 Mar 2026 10:00:30 CET", nil),
            ("2s", .seconds(2)), ("2 s", .seconds(2)), ("2 Seconds", .seconds(2)), ("+2", .seconds(2)),
            ("1500ms", .seconds(2)), ("3 min", .seconds(180)), ("1h", .seconds(3600)), ("PT2S", .seconds(2)),
            ("pt1m30s", .seconds(90)), ("PT1H0.5S", .seconds(3601)), ("PT", nil), ("PTS", nil), ("PT2", nil),
            ("PT2S1M", nil), ("P2D", .seconds(86_400)), ("++2", nil), ("2 days", .seconds(86_400)),
            ("2 2", nil),
            ("s", nil), ("P1D", .seconds(86_400)), ("p0dt30s", .seconds(30)),
            ("P0Y0M0W0DT0H2M", .seconds(120)),
            ("P1W", .seconds(86_400)), ("P1M", .seconds(86_400)), ("P1Y", .seconds(86_400)), ("P", nil),
            ("P1", nil), ("P1S", nil), ("P1DT", nil), ("P1D1D", nil), ("P D", nil), ("PTT2S", nil),
            ("PT2S ", .seconds(2)),
            ("0.5d", .seconds(43_200)), ("2 hrs", .seconds(7200)), ("500 milliseconds", .seconds(1)),
            // 2026-03-02T10:00:30Z, in three spellings.
            ("1772445630", .seconds(30)), ("1772445630000", .seconds(30)),
            ("2026-03-02T10:00:30Z", .seconds(30)),
            ("1772445599", .zero), ("999999999", .seconds(86_400)), ("٢", nil), ("２", nil),
        ] as [(String, Duration?)]) func retryAfter(text: String, wait: Duration?)
    {
        #expect(answer(429, "", [("retry-after", text), Self.date]).retryAfter(receivedAt: 0) == wait)
    }

    /// 2026-03-02T10:00:00Z
    static let clock: Int64 = 1_772_445_600_000

    @Test func aDateWithoutTheAnswersOwnIsAgainstOurClock() {
        let until = ("Retry-After", "Mon, 02 Mar 2026 10:00:30 GMT")
        #expect(answer(503, "", [until]).retryAfter(receivedAt: Self.clock) == .seconds(30))
        #expect(
            answer(503, "", [until, ("Date", "rubbish")]).retryAfter(receivedAt: Self.clock) == .seconds(30))
        // A clock of ours that is a day behind does not count beside the server's own.
        let slow = Self.clock - 86_400_000
        #expect(answer(503, "", [until, Self.date]).retryAfter(receivedAt: slow) == .seconds(30))
        #expect(answer(503).retryAfter(receivedAt: Self.clock) == nil)
    }

    @Test(arguments: ["soon", "1e", "", "P2", "6, x", "-5", "-PT2S", "1_000"])
    func whatCannotBeReadIsToldAsThat(text: String) {
        #expect(answer(503, "", [("Retry-After", text)]).unreadableRetryAfter == text)
        #expect(answer(503, "", [("Retry-After", "6"), ("Retry-After", text)]).unreadableRetryAfter == text)
        #expect(answer(503, "", [("Retry-After", "6")]).unreadableRetryAfter == nil)
        #expect(answer(503).unreadableRetryAfter == nil)
    }

    @Test func twoGatewaysInARow() {
        let both = [("Retry-After", "6"), ("retry-after", "60")]
        #expect(answer(503, "", both).retryAfter(receivedAt: 0) == .seconds(60))
    }
}
