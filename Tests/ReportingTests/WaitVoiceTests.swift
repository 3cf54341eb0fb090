import AtlasAPI
import MigrationCore
import Reporting
import Testing

/// Goal: each wait of more than five seconds is told once, and again every thirty, with its end. Method: a second at a
/// time.
@Suite struct WaitVoiceTests {
    /// 2026-01-01T12:00:00Z
    static let noon: Int64 = 1_767_268_800_000

    static func now(_ seconds: Int) -> Now {
        Now(instant: at(seconds), wall: noon + Int64(seconds) * 1000)
    }

    static func at(_ seconds: Int) -> Instant { Instant(nanoseconds: Int64(seconds) * 1_000_000_000) }

    /// When it speaks, and what it says first.
    static func said(_ waiting: Waiting?, for seconds: Int) -> (times: [Int], first: String) {
        var voice = WaitVoice(requestTimeout: .seconds(120), now: at(0))
        var (times, first) = ([Int](), "")
        for second in 0..<seconds {
            guard let line = voice.hear(waiting, now: now(second)) else { continue }
            if times.isEmpty { first = line.text }
            times.append(second)
        }
        return (times, first)
    }

    @Test(arguments: [
        (Waiting.Cause.outage("HTTP 503"), "next probe"), (.access("HTTP 503"), "token"),
        (.soak(wave: 2), "soak of wave 2"), (.pace, "--rate"), (.step(.look), "look at a project"),
        (.step(.check), "change shows"), (.step(.list), "list of projects"),
    ]) func atOnceAndThenEveryThirtySeconds(cause: Waiting.Cause, words: String) {
        let (times, first) = Self.said(Waiting(cause, until: Self.at(90)), for: 90)
        #expect(times == [0, 30, 60])
        #expect(first.contains(words) && first.contains("12:01:30Z"), "\(first)")
    }

    @Test func whatTheServerAskedForIsToldWhenItAsks() {
        let waiting = Waiting(.asked("HTTP 429"), until: Self.at(7200), runEnds: Self.at(900))
        let (times, first) = Self.said(waiting, for: 91)
        #expect(times == [30, 60, 90])
        #expect(first.contains("14:00:00Z") && first.contains("12:15:00Z") && first.contains("HTTP 429"))
    }

    @Test func shortWaitsAreNobodysNews() {
        #expect(Self.said(Waiting(.pace, until: Self.at(5)), for: 5).times == [])
        #expect(Self.said(nil, for: 100).times == [])
    }

    @Test func answersAreToldOnceTheyTakeLong() {
        let (times, first) = Self.said(Waiting(.answers(3), until: nil), for: 70)
        #expect(times == [6, 36, 66])
        #expect(first.contains("3 requests") && first.contains("12:02:00Z"), "\(first)")
    }

    /// A wait of two seconds, a second for the answer, and so on; a project gets done at each of `done`.
    static func shortWaits(
        _ cause: Waiting.Cause, for seconds: Int, done: [Int] = [], voice: inout WaitVoice
    ) -> [Int] {
        (0..<seconds).filter { second in
            let waiting =
                second % 3 < 2
                ? Waiting(cause, until: at(second / 3 * 3 + 2)) : Waiting(.answers(1), until: nil)
            return voice.hear(waiting, progressed: done.contains(second), now: now(second)) != nil
        }
    }

    @Test(arguments: [Waiting.Cause.access("HTTP 503"), .step(.look), .pace])
    func manyShortWaitsWithoutProgressAreOneLongOne(cause: Waiting.Cause) {
        var voice = WaitVoice(requestTimeout: .seconds(120), now: Self.at(0))
        #expect(Self.shortWaits(cause, for: 100, voice: &voice) == [30, 60, 90])
        voice = WaitVoice(requestTimeout: .seconds(120), now: Self.at(0))
        #expect(Self.shortWaits(cause, for: 100, done: [20, 45, 70], voice: &voice) == [])
    }

    @Test func anOutageIsToldWithItsEndWhenItBeginsHoweverShortTheWait() {
        var voice = WaitVoice(requestTimeout: .seconds(120), now: Self.at(0))
        #expect(Self.shortWaits(.outage("HTTP 503"), for: 40, voice: &voice) == [0, 30])
        // Atlas answers, and is gone again.
        _ = voice.hear(Waiting(.pace, until: Self.at(42)), progressed: true, now: Self.now(41))
        let again = Waiting(.outage("HTTP 503"), until: Self.at(44), runEnds: Self.at(900))
        #expect(voice.hear(again, now: Self.now(43))?.text.contains("the run ends at 12:15:00Z") == true)
    }

    /// Between probes the run waits for other things too; the outage is the same until something gets done.
    @Test func anOutageThatGoesOnIsNoNews() {
        var voice = WaitVoice(requestTimeout: .seconds(120), now: Self.at(0))
        let causes: [Waiting.Cause] = [
            .outage("HTTP 403"), .step(.look), .answers(1), .access("HTTP 403"), .pace,
        ]
        let times = (0..<100).filter { second in
            let waiting = Waiting(causes[second % 5], until: second % 5 == 2 ? nil : Self.at(second + 1))
            return voice.hear(waiting, now: Self.now(second)) != nil
        }
        #expect(times.first == 0 && times.count <= 4, "\(times)")
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 30 }, "\(times)")
    }

    @Test func oddWaitsAreToldOnce() {
        func failure(_ header: String?) -> Failure? {
            let headers = header.map { [(name: "Retry-After", value: $0)] } ?? []
            let answer = HTTPAnswer(status: 503, headers: HTTPHeaders(headers), body: [])
            return RetryTable.judge(.answered(answer), of: .identity, receivedAt: 0).failure
        }
        var odd = OddWaits()
        #expect(odd.hear(nil) == nil && odd.hear(failure(nil)) == nil && odd.hear(failure("PT2S")) == nil)
        let first = odd.hear(failure("soon\u{1B}[2J"))?.text ?? ""
        #expect(first.contains("Retry-After \"soon") && first.contains("HTTP 503"), "\(first)")
        #expect(odd.hear(failure("soon\u{1B}[2J")) == nil)
        #expect(odd.hear(failure("-5")) != nil && odd.hear(failure("")) != nil)
        #expect(odd.hear(failure("another")) == nil, "often enough")
    }

    @Test func anotherDayIsNamed() {
        let line = Self.said(Waiting(.pace, until: Self.at(80_000)), for: 1).first
        #expect(line.contains("2026-01-02T10:13:20Z"), "\(line)")
    }

    @Test(
        arguments: [
            (5.2, nil, "6s", "kept"), (90, nil, "90s", "kept"),
            (7194, 900, "1h 59m 54s", "12:15:00Z with exit code 4"),
            (7200, 0.5, "2h", "exit code 4"),
        ] as [(Double, Double?, String, String)]) func asks(
            seconds: Double, left: Double?, length: String, words: String
        )
    {
        let text = Notice.asks(
            .seconds(seconds), left: left.map { .seconds($0) }, "HTTP 429 X", now: Self.now(0)
        ).text
        #expect(text.contains("wait \(length), until") && text.contains(words), "\(text)")
        #expect(text.contains("HTTP 429 X"))
    }
}
