import AtlasAPI
import MigrationCore

/// The job file's open work, which must be the model's.
final class ComparedRows: RowSource {
    private let model: MemoryRows
    private let stored: any RowSource
    private let complain: (String) -> Void

    init(_ model: MemoryRows, _ stored: any RowSource, complain: @escaping (String) -> Void) {
        self.model = model
        self.stored = stored
        self.complain = complain
    }

    func next(_ want: RowWant) throws -> Event {
        let (wanted, found) = (try model.next(want), try stored.next(want))
        if case .tallied(let model) = wanted, case .tallied(let tally) = found {
            let agree =
                model.unresolved == tally.unresolved && model.next == tally.next
                && model.projects == tally.projects
            if !agree { complain("the job file's tally of a wave is not the model's") }
        }
        if case .loadedRereads(let model, _) = wanted, case .loadedRereads(let items, _) = found {
            let agree =
                model.map(\.project) == items.map(\.project)
                && model.map(\.outcome.result) == items.map(\.outcome.result)
                && model.map(\.acceptsUnreadable) == items.map(\.acceptsUnreadable)
            if !agree { complain("the job file's projects to read again are not the model's") }
        }
        guard case .loadedWork(let model, let isLast) = wanted,
            case .loadedWork(let items, let isLastStored) = found
        else { return found }
        let agree =
            isLast == isLastStored && model.count == items.count
            && zip(model, items).allSatisfy { self.isSame($0, $1) }
        if !agree { complain("the job file's open work is not the model's") }
        return found
    }

    /// All that the machine goes by. The file leaves out whether the key worked at plan time.
    private func isSame(_ one: WorkItem, _ other: WorkItem) -> Bool {
        one.project == other.project && one.ordinal == other.ordinal && one.standing == other.standing
            && one.change.body == other.change.body && one.change.changes == other.change.changes
            && one.change.role == other.change.role
            && one.change.before.normalised == other.change.before.normalised
            && one.history.lastNumber == other.history.lastNumber && one.history.last == other.history.last
            && one.history.isOpen == other.history.isOpen
            && one.history.belongsToCheck == other.history.belongsToCheck
            && one.history.attempts == other.history.attempts
            && one.history.boundAttempts == other.history.boundAttempts
    }
}
