import AtlasAPI
import MigrationCore
import Testing

/// Goal: an outage is told from single projects' trouble by how many fail, and how. Method: rows of failures, a letter
/// for each project; `!` marks one that was never sent, `.` a good answer, `?` the probe's.
@Suite struct OutageBreakerTests {
    static func run(_ row: String) -> (breaker: OutageBreaker, last: OutageBreaker.Finding?) {
        var breaker = OutageBreaker()
        var last: OutageBreaker.Finding?
        var seconds: Int64 = 0
        let letters = Array(row)
        for (index, letter) in letters.enumerated() {
            // Later than any probe is due.
            seconds += 100
            switch letter {
            case "!": break
            case ".": _ = breaker.completed()
            case "?": _ = breaker.cleared()
            default:
                last = breaker.failed(
                    Int(letter.asciiValue ?? 0), isConnection: letters.dropFirst(index + 1).first == "!",
                    backoff: Backoff(base: .seconds(5), cap: .seconds(60)),
                    now: Instant(nanoseconds: seconds * 1_000_000_000))
            }
        }
        return (breaker, last)
    }

    @Test(arguments: [
        ("abcde", true, false), ("abcd", false, true), ("ab", false, false), ("aaa", false, true),
        ("aaaaaaaa", false, true), ("aabb", false, true), ("abcd.e", false, false), ("aa.a", false, false),
        ("a!a!a!", true, false), ("a!b!c!", true, false), ("a!a!a", false, true), ("a!a!.a!", false, false),
        // The probe clears the trouble of few, and forgets no project.
        ("aaa?", false, true), ("aaa?a", false, false), ("aaa?aaa", false, true), ("abc?d", false, false),
        ("abc?de", true, false), ("a!a!a!?", false, false), ("abcde?", true, false),
        // While it is open a failure of few asks again.
        ("a!a!a!a", true, true), ("abcdef", true, false), ("abcde.", false, false),
    ]) func table(row: String, isOpen: Bool, isDoubtful: Bool) {
        let (breaker, last) = Self.run(row)
        #expect(breaker.isOpen == isOpen && last?.isDoubtful == isDoubtful, "\(row)")
        #expect((breaker.since != nil) == isOpen && (breaker.probeAt != nil) == isOpen)
    }

    @Test func itLasts() {
        let (_, last) = Self.run("abcdefg")
        #expect(last?.lasted == .seconds(200))
        #expect(Self.run("abcde").last?.lasted == .zero && Self.run("abcd").last?.lasted == nil)
    }

    @Test func anAnswerThatComesLateIsNoProbe() {
        var breaker = Self.run("abcde").breaker
        let at = breaker.probeAt
        let late = breaker.failed(
            1, isConnection: false, backoff: Backoff(base: .seconds(5), cap: .seconds(60)),
            now: Instant(nanoseconds: 501_000_000_000))
        #expect(breaker.probeAt == at && late.lasted == .seconds(1) && !late.isDoubtful)
    }
}
