/// What a run that changes projects must know of its job, besides the projects themselves.
package struct RunScope: Sendable {
    package var budget: FailureBudget
    /// Projects that an earlier run left `unknown`, and that nobody has accepted; they come first, and count as
    /// failures until they are in play.
    package var unknown: Int
    /// Projects that are still to be done, those included.
    package var toDo: Int
    /// The wave to go on with; nil: there are none.
    package var wave: Int?
    /// `--stop-after-wave`
    package var stopAfterWave: Int?

    package init(
        budget: FailureBudget, unknown: Int = 0, toDo: Int, wave: Int? = nil, stopAfterWave: Int? = nil
    ) {
        self.budget = budget
        self.unknown = unknown
        self.toDo = toDo
        self.wave = wave
        self.stopAfterWave = stopAfterWave
    }
}
