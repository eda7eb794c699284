/** The tables of the file, and how a file of an older version becomes one of this version: in one transaction, so that a crash leaves either. */
import type { DatabaseSync } from 'node:sqlite'

/** The version of the tables below. A store of a newer one is refused, one of an older one is upgraded in place. */
export const schemaVersion = 2

/** Marks the file as ours, in SQLite's own header: 'NVRC'. */
export const applicationId = 0x4e565243

/** The value stands last, so that what is small is read without it. */
const versionColumns = `(
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    value BLOB
  ) STRICT`

const tables = `
  CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
  -- One row per version of a key, in the order in which they were made; version 0 is a deletion.
  CREATE TABLE version ${versionColumns};
  -- What the last compaction left: its revision, the store's revision then, the chain at it, and the sum of the checksums kept before it.
  CREATE TABLE compaction (
    revision INTEGER NOT NULL,
    current_revision INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    checksum_sum INTEGER NOT NULL
  ) STRICT;
  -- AUTOINCREMENT remembers the highest number ever given, so that none is given twice.
  CREATE TABLE lease (id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_ms INTEGER NOT NULL) STRICT;
  -- As etcd: the first write gets revision 2.
  INSERT INTO compaction VALUES (0, 1, 0, 0);
  INSERT INTO schema_version VALUES (${schemaVersion});
  PRAGMA application_id = ${applicationId};
`

/** By the version that they start from. */
const upgrades: Readonly<Record<number, string>> = {
  1: `
    CREATE TABLE version_2 ${versionColumns};
    INSERT INTO version_2 SELECT row, key, create_revision, version, lease, checksum, chain, value FROM version ORDER BY row;
    DROP TABLE version;
    ALTER TABLE version_2 RENAME TO version;
  `,
}

/** Fills an empty file. Runs within the caller's transaction. */
export function createTables(database: DatabaseSync): void {
  database.exec(tables)
}

/** Brings the tables from the given version to this one. Runs within the caller's transaction. */
export function upgradeTables(database: DatabaseSync, from: number): void {
  for (let version = from; version < schemaVersion; version++) database.exec(upgrades[version] ?? '')
  if (from < schemaVersion) database.prepare('UPDATE schema_version SET version = ?').run(schemaVersion)
}
