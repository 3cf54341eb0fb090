import GRDB

/// The tables of a job file. Two kinds: what was asked (`job`, `project`, `plan`: immutable once written) and what
/// happened (`run`, `attempt`, `trouble`, `halt`, `approval`: append-only; `outcome`: one current row a project).
package enum Schema {
    /// `PRAGMA user_version`; a job with a higher one is refused.
    package static let formatVersion = 1
    /// `PRAGMA application_id`: "KySh".
    static let applicationID: Int32 = 0x4B79_5368

    /// Frozen steps: a released one is never changed, the next is added below it.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            for statement in [asked, happened, status] { try db.execute(sql: statement) }
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
            target_digest TEXT NOT NULL,
            -- Set when the last project has been read; what an approval names.
            plan_digest TEXT
        ) STRICT;
        CREATE TABLE project (
            ordinal INTEGER PRIMARY KEY CHECK (ordinal > 0),
            project_id TEXT NOT NULL UNIQUE CHECK (length(project_id) = 24),
            line INTEGER NOT NULL,
            name TEXT,
            cells TEXT NOT NULL CHECK (json_valid(cells))
        ) STRICT;
        CREATE TABLE plan (
            ordinal INTEGER PRIMARY KEY REFERENCES project (ordinal),
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
            CHECK ((body IS NOT NULL) = (class IN ('reversible', 'irreversible')))
        ) STRICT;
        CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;
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
            digest TEXT NOT NULL,
            irreversible INTEGER NOT NULL,
            how TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE halt (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run (id),
            cause TEXT NOT NULL,
            detail TEXT NOT NULL,
            at INTEGER NOT NULL,
            accepted_by INTEGER REFERENCES run (id)
        ) STRICT;
        -- A PATCH: the row is the intent, committed before the request leaves; the rest is its end.
        CREATE TABLE attempt (
            ordinal INTEGER NOT NULL REFERENCES project (ordinal),
            number INTEGER NOT NULL CHECK (number > 0),
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
            ordinal INTEGER PRIMARY KEY REFERENCES plan (ordinal),
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
            finished_at INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER attempt_ends_once BEFORE UPDATE OF verdict ON attempt WHEN OLD.verdict IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'the attempt has ended already'); END;
        """

    /// The one place that says what a project's result is, whether a run wrote it or died before it could.
    private static let status = """
        CREATE VIEW counted_attempt AS
            SELECT ordinal, number, coalesce(verdict, 'no_answer') AS verdict, saw_wanted, intent_at
            FROM attempt
            WHERE verdict IS NULL OR verdict NOT IN
                ('not_sent', 'secret_unavailable', 'throttled', 'maintenance', 'stale_challenge');
        CREATE VIEW status AS
            SELECT p.ordinal, p.project_id, coalesce(l.live_name, p.name) AS name, p.cells,
                coalesce(l.class, 'unread') AS class,
                CASE
                    WHEN o.result IS NOT NULL THEN o.result
                    WHEN l.class IS NULL THEN 'pending'
                    WHEN l.class = 'noop' THEN 'unchanged'
                    WHEN l.class IN ('excluded', 'blocked') THEN l.class
                    WHEN EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = p.ordinal AND a.saw_wanted)
                        OR (SELECT c.verdict FROM counted_attempt c WHERE c.ordinal = p.ordinal
                            ORDER BY c.number DESC LIMIT 1)
                            IN ('no_answer', 'transient', 'young_role', 'accepted') THEN 'unknown'
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
                o.finished_at
            FROM project p LEFT JOIN plan l USING (ordinal)
                -- A later run that went on with an unknown outcome has overtaken it, also when it died.
                LEFT JOIN outcome o ON o.ordinal = p.ordinal AND NOT (o.result = 'unknown' AND EXISTS
                    (SELECT 1 FROM attempt a WHERE a.ordinal = p.ordinal AND a.run > o.run));
        """
}
