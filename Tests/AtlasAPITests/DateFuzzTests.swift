import TestSupport
import AtlasAPI
import Foundation
import Testing

/// Goal: dates and waits of the wire are right or refused, whatever the text. Method: moments of ten thousand years
/// written in all forms, mutated texts, and Foundation's calendar as the judge.
@Suite struct DateFuzzTests {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let long = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(separator: " ").map(
        String.init)

    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    @Test func everyFormOfEveryMoment() {
        let calendar = Self.calendar
        for round in 0..<1000 * Fuzz.factor {
            var fuzz = Fuzz(seed: 31, round: round)
            // From 1600 on, where Foundation's calendar is Gregorian, to 9999.
            let moment = Int64.random(in: -11_676_096_000..<253_402_300_800, using: &fuzz)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday],
                from: Date(timeIntervalSince1970: Double(moment)))
            guard let year = parts.year, let month = parts.month, let day = parts.day,
                let weekday = parts.weekday,
                let hour = parts.hour, let minute = parts.minute, let second = parts.second
            else { continue }
            let time = String(format: "%02d:%02d:%02d", hour, minute, second)
            let name = Self.months[month - 1]
            let fixed = String(
                format: "%@, %02d %@ %04d %@ GMT", Self.days[weekday - 1], day, name, year, time)
            let ansi = String(format: "%@ %@ %2d %@ %04d", Self.days[weekday - 1], name, day, time, year)
            #expect(WireDate.http(fixed) == moment * 1000, "\(fixed)")
            #expect(WireDate.http(ansi) == moment * 1000, "\(ansi)")
            if (1970..<2070).contains(year) {
                let old = String(
                    format: "%@, %02d-%@-%02d %@ GMT", Self.long[weekday - 1], day, name, year % 100, time)
                #expect(WireDate.http(old) == moment * 1000, "\(old)")
            }
            let milliseconds = moment * 1000 + Int64(fuzz.below(1000))
            #expect(WireDate.rfc3339(WireDate.text(milliseconds: milliseconds)) == milliseconds)
        }
    }

    @Test(
        arguments: [
            ("2026-08-10T03:03:36+02:00", 1_786_323_816_000),
            ("2026-08-10T03:03:36.9999999999999999999-00:30", 1_786_332_816_999),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:60Z", 253_402_300_800_000),
            ("2000-02-29T00:00:00.1Z", 951_782_400_100),
        ] as [(String, Int64)]) func rfc3339(text: String, milliseconds: Int64)
    {
        #expect(WireDate.rfc3339(text) == milliseconds)
    }

    @Test(arguments: [
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "99999-01-01T00:00:00Z", "2026-1-1T3:3:3Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00+2:00", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00é",
        "٢٠٢٦-01-01T00:00:00Z", "2026-01-01T00:00:00Z\u{301}",
    ]) func notRFC3339(text: String) { #expect(WireDate.rfc3339(text) == nil) }

    static let seeds = [
        "120", "0", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "18446744073709551616", "2026-08-10T03:03:36.123+02:00",
    ].map { Array($0.utf8) }

    static let pieces = [
        "-", "+", "999999999999999999999", "9223372036854775807", "9223372036854775808", " ", ",", ":", "Feb",
        "31",
        "0000", "٣", "é", "\0", "GMT", "T", "Z", "1e9", "0x10", ".5", "\t",
    ].map { Array($0.utf8) }

    @Test(arguments: 32..<35) func waitsStayWithinTheirLimit(seed: UInt64) {
        let dates = [
            nil, "Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sat Jan  1 00:00:00 0000",
        ]
        Fuzz.run(seed: seed, rounds: 2000) {
            $0.mutated(Self.seeds, pieces: Self.pieces)
        } _: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            for date in dates {
                let headers = [("Retry-After", text)] + (date.map { [("Date", $0)] } ?? [])
                let answers = [
                    answer(429, "", headers), answer(503, "", [("retry-after", "7"), ("Date", text)]),
                ]
                for wait in answers.compactMap({ $0.retryAfter(receivedAt: 0) })
                where wait < .zero || wait > HTTPAnswer.retryAfterLimit {
                    return "a wait of \(wait)"
                }
            }
            if let moment = WireDate.rfc3339(text),
                !(-62_200_000_000_000...253_500_000_000_000).contains(moment)
            {
                return "\(moment) is no moment of four-digit years"
            }
            return nil
        }
    }
}
