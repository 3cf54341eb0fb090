import ArgumentParser

/// A command of the contract that comes with a later version: known by name, so that a script that calls it gets a
/// sentence and 64 rather than a parser's guess.
protocol LaterCommand: ParsableCommand {
    /// What to do today instead.
    static var today: String { get }
    var rest: [String] { get }
}

extension LaterCommand {
    static func configured(_ name: String, _ abstract: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "\(abstract) (Not in this version.)", shouldDisplay: false)
    }

    func run() throws {
        throw ValidationError("`\(Self._commandName)` comes with a later version of keyshift. \(Self.today)")
    }
}

struct Roles: LaterCommand {
    static let configuration = configured("roles", "List, and make, each project's roles.")
    static let today = "`roleId: auto` in the target file finds each project's only usable role."
    @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}
