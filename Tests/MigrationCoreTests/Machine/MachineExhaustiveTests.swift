import AtlasAPI
import MigrationCore
import Testing

/// Goal: no sequence of events leads a project's machine into a second blind PATCH, a lost or doubled result, or an
/// endless wait. Method: all sequences of a small alphabet, depth first, against a slow model of what may happen.
@Suite struct MachineExhaustiveTests {
    enum Letter: CaseIterable, Sendable {
        case old, new, newInvalid, other, transient, noAnswer, notSent, conflict, propagation, refused, held
        case denied, stop, wait
    }

    /// What an onlooker knows.
    struct Model {
        var readSincePatch = false
        /// What the last good read showed.
        var lastRead: Letter?
        var sawWanted = false
        var patches = 0
        var openIntents = 0
        var counted = 0
        /// The last attempt that counts may have been applied.
        var isOpen = false
        /// Any attempt may have been applied.
        var mayHaveApplied = false
        var stopped = false
        var isSettling: Instant?
    }

    static let newState = Sample.google(search: true)

    static func read(_ letter: Letter, secret: Bool) -> MachineBench.End? {
        let access = "AKIA111111111111"
        switch letter {
        case .old: return .state(secret ? Sample.aws() : Sample.google())
        case .new: return .state(secret ? Sample.aws(access: access) : newState)
        case .newInvalid:
            var state = secret ? Sample.aws(access: access) : newState
            state.enabled[0].isValid = false
            return .state(state)
        case .other:
            return .state(secret ? Sample.aws(access: "AKIA999999999999") : Sample.google(key: "other"))
        default: return nil
        }
    }

    static func end(_ letter: Letter, step: Step, secret: Bool) -> MachineBench.End? {
        if step == .change {
            switch letter {
            case .old: return .ok(200)
            case .new, .newInvalid, .other: return nil
            default: break
            }
        }
        switch letter {
        case .transient: return .fail(.transient)
        case .noAnswer: return .fail(.noAnswer)
        case .notSent: return .fail(.notSent)
        case .conflict: return .fail(.conflict)
        case .propagation: return .fail(.propagation)
        case .refused: return .fail(.refused)
        case .held: return .held(.throttled)
        case .denied: return .denied
        default: return read(letter, secret: secret)
        }
    }

    static func check(_ holds: Bool, _ rule: String, _ path: [Letter]) {
        if !holds { Issue.record("\(rule) after \(path)") }
    }

    /// One letter; nil where it does not apply.
    static func step(
        _ bench: inout MachineBench, _ model: inout Model, _ letter: Letter, _ path: [Letter], secret: Bool
    )
        -> Bool
    {
        guard let step = bench.step else { return false }
        switch letter {
        case .stop:
            guard !model.stopped else { return false }
            model.stopped = true
            bench.records.removeAll()
            bench.drain()
        case .wait: bench.advance(.seconds(400))
        default:
            guard let end = end(letter, step: step, secret: secret) else { return false }
            if step == .change {
                check(
                    model.readSincePatch && !model.stopped, "a PATCH without a look, or after the stop", path)
                let mayAgain = secret && model.patches > 0 && model.lastRead == .new
                check(
                    model.lastRead == .old || mayAgain, "a PATCH after a look that was not as planned", path)
                check(!model.sawWanted || secret, "a PATCH after the wanted state was seen", path)
                check(model.isSettling.map { bench.now.instant >= $0 } ?? true, "a PATCH too soon", path)
            }
            bench.records.removeAll()
            bench.send()
            check(bench.records.count == (step == .change ? 1 : 0), "one intent with each PATCH", path)
            bench.end(end)
            note(&model, letter, step, bench.now.instant, secret: secret)
        }
        return judge(bench, &model, path)
    }

    static func note(_ model: inout Model, _ letter: Letter, _ step: Step, _ now: Instant, secret: Bool) {
        if step == .change {
            model.patches += 1
            model.readSincePatch = false
            if letter != .notSent && letter != .held {
                model.counted += 1
                model.isOpen = [.old, .transient, .noAnswer].contains(letter)
                model.mayHaveApplied = model.mayHaveApplied || model.isOpen
            }
            model.isSettling = letter == .transient || letter == .noAnswer ? now + .seconds(5) : nil
        } else if [.old, .new, .newInvalid, .other].contains(letter) {
            model.readSincePatch = true
            model.lastRead = letter
            // What is read of a target with a secret is no proof that it took.
            let shows = !secret && (letter == .new || letter == .newInvalid)
            if shows, model.patches > 0 { model.sawWanted = true }
        }
    }

    static func judge(_ bench: MachineBench, _ model: inout Model, _ path: [Letter]) -> Bool {
        let outcomes = bench.outcomes
        switch bench.machine.ending {
        case nil:
            let due = bench.due ?? bench.now.instant
            check(outcomes.isEmpty, "a result before the end", path)
            check(
                due >= bench.now.instant || path.last == .wait || path.last == .stop, "a call in the past",
                path)
        case .settled?:
            check(outcomes.count == 1, "exactly one result", path)
            if let outcome = outcomes.first {
                check(outcome.attempts == model.counted, "attempts add up", path)
                let isDone = outcome.result == .changed || outcome.result == .unchanged
                check(!isDone || model.lastRead == .new, "done means that it reads so", path)
                let says: Set<ProjectResult> = [.failed, .blocked]
                let isHalt = outcome.reason?.haltsRun == true
                check(
                    !says.contains(outcome.result) || isHalt
                        || !(model.isOpen || (model.sawWanted && model.mayHaveApplied)),
                    "failed and blocked are certain", path)
            }
        case .uncovered?: check(false, "more work", path)
        case .left?:
            check(
                outcomes.isEmpty && !model.isOpen && model.stopped, "left only without an open change", path)
        }
        let ends = bench.records.filter { if case .project(_, .attemptEnded) = $0 { true } else { false } }
        check(ends.count <= 1, "an attempt ends once", path)
        check(model.counted <= 5 + 3, "attempts are bounded", path)
        return bench.ending == nil
    }

    static func walk(
        _ bench: MachineBench, _ model: Model, _ path: [Letter], depth: Int, secret: Bool, count: inout Int
    ) {
        guard depth > 0 else { return }
        for letter in Letter.allCases where !(letter == .wait && path.last == .wait) {
            var next = (bench, model)
            count += 1
            if step(&next.0, &next.1, letter, path + [letter], secret: secret) {
                walk(next.0, next.1, path + [letter], depth: depth - 1, secret: secret, count: &count)
            }
        }
    }

    @Test func allShortLives() {
        var count = 0
        Self.walk(MachineBench(), Model(), [], depth: 6, secret: false, count: &count)
        #expect(count > 300_000)
    }

    /// With a PATCH of unknown outcome behind it: the interesting half of the tree, two letters deeper.
    @Test func allLivesAfterAnUnknownOutcome() {
        var bench = MachineBench()
        var model = Model()
        for letter: Letter in [.old, .noAnswer] {
            _ = Self.step(&bench, &model, letter, [letter], secret: false)
        }
        var count = 0
        Self.walk(bench, model, [.old, .noAnswer], depth: 5, secret: false, count: &count)
        #expect(count > 50_000)
    }

    @Test func allShortLivesWithASecret() {
        var count = 0
        Self.walk(MachineBench(Sample.toSecret), Model(), [], depth: 5, secret: true, count: &count)
        #expect(count > 50_000)
    }
}
