import TargetFiles
import AtlasAPI
import MigrationCore
import RunSimulation

/// Mistakes about who may start when.
extension Mutant {
    static let rules = [
        Mutant("spends more than the failure budget", "in play with") {
            $0.settings = { Self.changed($0) { $0.maxFailures = .count(1000) } }
        },
        Mutant("fails more than the budget allows", "failures, and the limit is") {
            $0.settings = { Self.changed($0) { $0.maxFailures = .count(1000) } }
        },
        Mutant("starts with all at once", "of the wave had ended") {
            $0.scope = { _ in nil }
        },
        Mutant("knows no waves", "open") {
            $0.scope = { scope in
                var scope = scope
                scope.wave = nil
                return scope
            }
        },
        Mutant("lets every wave through its gate", "started with") {
            $0.rows = {
                BrokenGate($0) { event in
                    guard case .tallied(var tally) = event else { return event }
                    tally.unresolved = [:]
                    return .tallied(tally)
                }
            }
        },
        Mutant("does not let a wave rest", "was not read again") {
            $0.settings = { Self.changed($0) { $0.waveSoak = .zero } }
        },
        Mutant("does not read a wave again", "was not read again") {
            $0.rows = {
                BrokenGate($0) { event in
                    guard case .loadedRereads = event else { return event }
                    return .loadedRereads([], isLast: true)
                }
            }
        },
        Mutant("goes on when a key has stopped working", "after a key had stopped working") {
            $0.journal = { journal in
                BrokenJournal.results(journal) { outcome in
                    var other = outcome
                    if outcome.result == .changed {
                        (other.result, other.reason) = (.failed, .notValidAfterChange)
                    }
                    return [other]
                }
            }
        },
        Mutant("a file that forgets which waves have passed", "the job file's scope") {
            $0.file = { journal in
                BrokenJournal(journal) {
                    $0.filter { if case .run(.wavePassed) = $0 { false } else { true } }
                }
            }
        },
    ]

    private static func changed(
        _ settings: RunSettings, _ change: (inout RunSettings) -> Void
    ) -> RunSettings {
        var settings = settings
        change(&settings)
        return settings
    }
}

/// Tells the engine something else of its rows.
final class BrokenGate: RowSource {
    private let inner: any RowSource
    private let change: (Event) -> Event

    init(_ inner: any RowSource, _ change: @escaping (Event) -> Event) {
        self.inner = inner
        self.change = change
    }

    func next(_ want: RowWant) throws -> Event { change(try inner.next(want)) }
}
