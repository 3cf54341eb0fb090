/// Projects that a plan could not read for one cause.
package struct UnreadCause: Hashable, Sendable {
    /// The last answer that was none; nil: nobody has asked yet.
    package var failure: Failure?
    package var count: Int

    package init(failure: Failure?, count: Int) {
        self.failure = failure
        self.count = count
    }
}
