package import MigrationCore
package import AtlasAPI

/// Where a test may put a broken part between the engine and its world, to see that a checker notices.
package struct Seams {
    package var journal: (any Journal) -> any Journal = { $0 }
    /// Stands between the model and the job file, in the runs that keep one.
    package var file: (any Journal) -> any Journal = { $0 }
    package var rows: (any RowSource) -> any RowSource = { $0 }
    package var transport: (any Transport) -> any Transport = { $0 }
    package var settings: (RunSettings) -> RunSettings = { $0 }
    package var scope: (RunScope) -> RunScope? = { $0 }
    package var clock: (Now) -> Now = { $0 }
    /// What the checkers are told of a turn.
    package var turn: (Turn) -> Turn = { $0 }

    package init() {}
}
