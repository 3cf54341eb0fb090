#ifndef KEYSHIFT_CSQLITE_SHIM_H
#define KEYSHIFT_CSQLITE_SHIM_H

#include <sqlite3.h>

/// `sqlite3_db_config` is variadic, which Swift can't call. Takes an open connection.
///
/// Defensive: no statement may write the schema's own table or a shadow table. Untrusted schema: what a file's views,
/// triggers and CHECKs call must be harmless. SQLITE_OK, or the code of the first refusal.
static inline int csqlite_distrust_file(void *connection) {
    sqlite3 *db = (sqlite3 *)connection;
    int code = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (code != SQLITE_OK) return code;
#ifdef SQLITE_DBCONFIG_TRUSTED_SCHEMA
    return sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
#else
    return SQLITE_OK;
#endif
}

#endif
