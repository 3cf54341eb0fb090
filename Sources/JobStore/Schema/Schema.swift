import GRDB

/// The tables of a job file. Two kinds: what was asked (`job`, `project`, `revision`, `chosen`, `plan`: immutable once
/// approved) and what happened (`run`, `attempt`, `trouble`, `halt`, `approval`, `acceptance`, `reread`: append-only;
/// `outcome`: one row for each project and revision).
///
/// A plan has revisions: 1 is that of `plan`, each `retry` makes another for the projects that it chooses. A project
/// belongs to one at a time, `project.revision`: that of the last approval that names it.
package enum Schema {
    /// `PRAGMA user_version`; a job with a higher one is refused.
    package static let formatVersion = 1
    /// `PRAGMA application_id`: "KySh".
    static let applicationID: Int32 = 0x4B79_5368
    /// That of a job of `roles`, which no migration may take for its own: "KySr".
    static let rolesApplicationID: Int32 = 0x4B79_5372

    /// Frozen steps: a released one is never changed, the next is added below it.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            for statement in [asked, happened, waves, roles, status] { try db.execute(sql: statement) }
        }
        return migrator
    }

    private static let asked = """
        CREATE TABLE job (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            created_at INTEGER NOT NULL,
            address TEXT NOT NULL,
            organisation TEXT CHECK (length(organisation) = 24),
            csv_name TEXT NOT NULL,
            csv_digest TEXT NOT NULL,
            columns TEXT NOT NULL CHECK (json_valid(columns)),
            target_name TEXT NOT NULL,
            target_text TEXT NOT NULL,
            target_digest TEXT NOT NULL
        ) STRICT;
        CREATE TABLE project (
            ordinal INTEGER PRIMARY KEY CHECK (ordinal > 0),
            project_id TEXT NOT NULL UNIQUE CHECK (length(project_id) = 24),
            line INTEGER NOT NULL,
            name TEXT,
            cells TEXT NOT NULL CHECK (json_valid(cells)),
            -- As the sheet has it; NULL is the last.
            wave INTEGER CHECK (wave > 0),
            revision INTEGER NOT NULL DEFAULT 1,
            -- What a job of `undo` puts back, in place of the target file's fields.
            wanted TEXT CHECK (wanted IS NULL OR json_valid(wanted))
        ) STRICT;
        CREATE TABLE revision (
            number INTEGER PRIMARY KEY,
            -- What `retry` was asked for.
            only TEXT,
            at INTEGER NOT NULL,
            -- Set when the last project has been read; what an approval names.
            digest TEXT
        ) STRICT;
        CREATE TABLE chosen (
            revision INTEGER NOT NULL REFERENCES revision (number),
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            PRIMARY KEY (revision, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE plan (
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            revision INTEGER NOT NULL REFERENCES revision (number),
            class TEXT NOT NULL CHECK (class IN ('noop', 'reversible', 'irreversible', 'excluded', 'blocked')),
            reason TEXT CHECK ((reason IS NOT NULL) = (class = 'blocked')),
            detail TEXT,
            live_name TEXT,
            organisation TEXT,
            live TEXT CHECK (live IS NULL OR json_valid(live)),
            provider TEXT,
            changes TEXT CHECK (changes IS NULL OR json_valid(changes)),
            body TEXT CHECK (body IS NULL OR json_valid(body)),
            role TEXT,
            http_status INTEGER,
            error_code TEXT,
            at INTEGER NOT NULL,
            -- Settled at the first apply.
            wave INTEGER CHECK (wave > 0),
            PRIMARY KEY (ordinal, revision),
            CHECK ((body IS NOT NULL) = (class IN ('reversible', 'irreversible')))
        ) STRICT;
        CREATE INDEX plan_of_wave ON plan (revision, wave, ordinal) WHERE wave IS NOT NULL;
        CREATE TABLE setting (
            revision INTEGER NOT NULL REFERENCES revision (number),
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (revision, name)
        ) STRICT, WITHOUT ROWID;
        """

    private static let happened = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            command TEXT NOT NULL,
            user TEXT NOT NULL,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            ended_how TEXT,
            exit_code INTEGER
        ) STRICT;
        CREATE TABLE approval (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run (id),
            revision INTEGER NOT NULL UNIQUE REFERENCES revision (number),
            digest TEXT NOT NULL,
            irreversible INTEGER NOT NULL,
            how TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE halt (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run (id),
            revision INTEGER NOT NULL REFERENCES revision (number),
            cause TEXT NOT NULL,
            detail TEXT NOT NULL,
            at INTEGER NOT NULL,
            accepted_by INTEGER REFERENCES run (id)
        ) STRICT;
        -- `--accept-failures`: what ended badly before it binds no budget and no gate any more.
        CREATE TABLE acceptance (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE accepted (
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            revision INTEGER NOT NULL,
            run INTEGER NOT NULL REFERENCES acceptance (run),
            result TEXT NOT NULL,
            PRIMARY KEY (ordinal, revision, run)
        ) STRICT, WITHOUT ROWID;
        -- A PATCH: the row is the intent, committed before the request leaves; the rest is its end.
        CREATE TABLE attempt (
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            number INTEGER NOT NULL CHECK (number > 0),
            revision INTEGER NOT NULL REFERENCES revision (number),
            run INTEGER NOT NULL REFERENCES run (id),
            intent_at INTEGER NOT NULL,
            verdict TEXT,
            http_status INTEGER,
            error_code TEXT,
            detail TEXT,
            ended_at INTEGER,
            saw_wanted INTEGER NOT NULL DEFAULT 0 CHECK (saw_wanted IN (0, 1)),
            PRIMARY KEY (ordinal, number),
            CHECK ((verdict IS NULL) = (ended_at IS NULL))
        ) STRICT, WITHOUT ROWID;
        -- A read that was no success.
        CREATE TABLE trouble (
            id INTEGER PRIMARY KEY,
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            run INTEGER NOT NULL REFERENCES run (id),
            step TEXT NOT NULL,
            verdict TEXT NOT NULL,
            http_status INTEGER,
            error_code TEXT,
            detail TEXT,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX trouble_of_project ON trouble (ordinal);
        CREATE TABLE outcome (
            ordinal INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            run INTEGER NOT NULL REFERENCES run (id),
            result TEXT NOT NULL CHECK (result IN
                ('changed', 'unchanged', 'failed', 'blocked', 'drifted', 'unknown')),
            reason TEXT,
            verified TEXT NOT NULL CHECK (verified IN ('none', 'accepted', 'read_back', 'valid')),
            http_status INTEGER,
            error_code TEXT,
            detail TEXT,
            attempts INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER NOT NULL,
            PRIMARY KEY (ordinal, revision),
            FOREIGN KEY (ordinal, revision) REFERENCES plan (ordinal, revision)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER attempt_ends_once BEFORE UPDATE OF verdict ON attempt WHEN OLD.verdict IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'the attempt has ended already'); END;
        """

    private static let waves = """
        CREATE TABLE wave (
            revision INTEGER NOT NULL REFERENCES revision (number),
            number INTEGER NOT NULL CHECK (number > 0),
            projects INTEGER NOT NULL,
            began_at INTEGER,
            passed_at INTEGER,
            PRIMARY KEY (revision, number)
        ) STRICT, WITHOUT ROWID;
        -- A project that was done, read once more: by the gate of a wave, or by `verify`.
        CREATE TABLE reread (
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            run INTEGER NOT NULL REFERENCES run (id),
            finding TEXT NOT NULL CHECK (finding IN ('right', 'not_valid', 'moved', 'not_wanted', 'unreadable')),
            detail TEXT,
            http_status INTEGER,
            error_code TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY (ordinal, run)
        ) STRICT, WITHOUT ROWID;
        """

    private static let roles = """
        -- A POST for a role: the row is the intent, committed before the request leaves; the rest is its end.
        CREATE TABLE role_request (
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            number INTEGER NOT NULL CHECK (number > 0),
            run INTEGER NOT NULL REFERENCES run (id),
            intent_at INTEGER NOT NULL,
            verdict TEXT,
            http_status INTEGER,
            error_code TEXT,
            detail TEXT,
            ended_at INTEGER,
            PRIMARY KEY (ordinal, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE role_finding (
            ordinal INTEGER PRIMARY KEY REFERENCES project (ordinal),
            run INTEGER NOT NULL REFERENCES run (id),
            status TEXT NOT NULL,
            role TEXT,
            identity TEXT,
            key TEXT,
            detail TEXT,
            at INTEGER NOT NULL
        ) STRICT;
        """

    private typealias Words = VerdictWords

    /// The one place that says what a project's result is, whether a run wrote it or died before it could.
    private static let status = """
        CREATE VIEW counted_attempt AS
            SELECT a.ordinal, a.number, coalesce(a.verdict, \(Words.ofTheDead)) AS verdict, a.saw_wanted, a.intent_at
            FROM attempt a JOIN project p ON p.ordinal = a.ordinal AND p.revision = a.revision
            WHERE a.verdict IS NULL OR a.verdict NOT IN
                (\(Words.uncounted));
        CREATE VIEW status AS
            SELECT p.ordinal, p.project_id, coalesce(l.live_name, p.name) AS name, p.cells, p.revision,
                coalesce(l.class, 'unread') AS class, l.wave,
                CASE
                    WHEN o.result IS NOT NULL THEN o.result
                    WHEN l.class IS NULL THEN 'pending'
                    -- What a retry finds as wanted is what an earlier change of ours made so.
                    WHEN l.class = 'noop' THEN iif(p.revision > 1 AND EXISTS (SELECT 1 FROM attempt a
                            WHERE a.ordinal = p.ordinal AND (a.saw_wanted OR a.verdict IS NULL
                                OR a.verdict IN (\(Words.applied)))),
                        'changed', 'unchanged')
                    WHEN l.class IN ('excluded', 'blocked') THEN l.class
                    WHEN EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = p.ordinal AND a.revision = p.revision
                            AND a.saw_wanted)
                        OR (SELECT c.verdict FROM counted_attempt c WHERE c.ordinal = p.ordinal
                            ORDER BY c.number DESC LIMIT 1)
                            IN (\(Words.maybeApplied), \(Words.certainlyApplied)) THEN 'unknown'
                    ELSE 'pending'
                END AS result,
                coalesce(o.reason, l.reason) AS reason,
                coalesce(o.verified, iif(l.class = 'noop', 'valid', 'none')) AS verified,
                coalesce(o.http_status, l.http_status) AS http_status,
                coalesce(o.error_code, l.error_code) AS error_code,
                coalesce(o.detail, l.detail) AS detail,
                coalesce(o.attempts, (SELECT count(*) FROM counted_attempt c WHERE c.ordinal = p.ordinal))
                    AS attempts,
                coalesce(o.started_at, (SELECT min(c.intent_at) FROM counted_attempt c WHERE c.ordinal = p.ordinal))
                    AS started_at,
                o.finished_at, o.run,
                -- Looked at again, and still unknown: no news for the person who went on in spite of it.
                EXISTS (SELECT 1 FROM accepted c WHERE c.ordinal = p.ordinal AND c.revision = p.revision
                    AND c.result = 'unknown') AS is_accepted_unknown
            FROM project p LEFT JOIN plan l ON l.ordinal = p.ordinal AND l.revision = p.revision
                -- A later run that went on with an unknown outcome has overtaken it, also when it died.
                LEFT JOIN outcome o ON o.ordinal = p.ordinal AND o.revision = p.revision
                    AND NOT (o.result = 'unknown' AND EXISTS
                        (SELECT 1 FROM attempt a WHERE a.ordinal = p.ordinal AND a.run > o.run));
        """
}
