package import AtlasAPI

/// What is written down before anything else happens; one turn's records are one transaction. A journal takes each
/// kind apart on its own, and has a sentence for one that can't come to it.
package enum JournalRecord: Sendable {
    case run(RunRecord)
    /// Of a row by its ordinal.
    case project(Int, ProjectRecord)
    case role(Int, RoleRecord)
    case survey(SurveyRecord)
}

/// What any run may meet, whatever it works on. Times are milliseconds since 1970.
package enum RunRecord: Sendable {
    /// The organisation that the job is bound to from now on.
    case organisation(OrganisationID)
    case halted(Halt, at: Int64)
    /// A server asks to wait; the next process keeps to it too.
    case held(KeptHold)
    /// The first project of a wave may start from here on.
    case waveBegan(Int, at: Int64)
    /// Every project of the wave was right, and still is after the soak.
    case wavePassed(Int, at: Int64)
    /// A read that was no success; successes show in what follows them.
    case troubledRead(ordinal: Int, Step, Verdict, Failure?, at: Int64)
}

/// What becomes of a project that is planned, changed or read again.
package enum ProjectRecord: Sendable {
    case planned(PlanItem, at: Int64)
    /// A PATCH is about to leave.
    case intent(number: Int, at: Int64)
    /// What became of the PATCH.
    case attemptEnded(number: Int, Verdict, Failure?, at: Int64)
    /// A read after an intent showed the wanted state: no PATCH may follow.
    case sawWanted(number: Int)
    /// A read after our change showed a key that Atlas can't use, for the first time; told at once, not kept in a job:
    /// what reads again decides what it comes to. `until`: how long, where that is known.
    case sawDeadKey(at: Int64, until: Int64?)
    case outcome(Outcome)
    /// A project that was done has been read again.
    case reread(RereadFinding, at: Int64)
}

/// What `roles` does for a project.
package enum RoleRecord: Sendable {
    /// A POST for a role is about to leave.
    case intent(number: Int, at: Int64)
    /// What became of it.
    case ended(number: Int, Verdict, Failure?, at: Int64)
    case found(RoleFinding, at: Int64)
    /// A role that Atlas is still making, or (nil) one that was asked for and is not listed: it is looked at again
    /// until a time. Told, not kept.
    case awaited(RoleID?, until: Int64)
}

/// What `inventory` reads.
package enum SurveyRecord: Sendable {
    /// A page of the organisation's projects.
    case listed(ProjectPage)
    /// The list can't be read.
    case unlisted(Failure)
    case surveyed(ordinal: Int, Survey)
}
