/// A wave as `status` and the reports show it.
package struct WaveEntry: Sendable {
    package var number: Int
    package var projects: Int
    /// Projects that are `changed` or `unchanged`.
    package var good: Int
    package var beganAt: Int64?
    package var passedAt: Int64?

    package init(
        number: Int, projects: Int, good: Int, beganAt: Int64? = nil, passedAt: Int64? = nil
    ) {
        self.number = number
        self.projects = projects
        self.good = good
        self.beganAt = beganAt
        self.passedAt = passedAt
    }
}
