package import AtlasAPI

/// Reads one page of the organisation's projects; its end tells the row source whether there are more rows.
package struct PageReading: Procedure {
    package let ordinal: Int
    package let settings: RunSettings
    package var subject: ProjectID? { nil }
    private let page: Endpoint

    /// - Parameters:
    ///   - ordinal: no project's; pages count down from -1.
    ///   - page: from 1.
    package init(ordinal: Int, organisation: OrganisationID?, page: Int, settings: RunSettings) {
        self.ordinal = ordinal
        self.settings = settings
        self.page = .projects(organisation, page: page)
    }

    package var firstCall: (step: Step, wait: Duration) { (.list, .zero) }

    package func endpoint(of step: Step) -> Endpoint { page }

    package mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move? {
        ProjectPage(answer).map { .end(.uncovered, [.survey(.listed($0))]) }
    }

    package mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        .settled(.survey(.unlisted(failure)))
    }
}
