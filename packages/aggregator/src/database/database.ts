// Contract: the centre's SQL database. Implementations: PGlite inside the process, PostgreSQL by DATABASE_URL.
import type { Durability } from '@sam3-fleet/shared/protocol/ack'

/** Values that a statement may carry; bytea as Uint8Array, arrays as arrays, bigint columns come back as number. */
export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Date
  | readonly SqlValue[]
  | object

export interface Queryable {
  /** Runs one statement with $1.. parameters and returns its rows. */
  query<Row extends object>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>
  /** Loads rows in PostgreSQL's binary COPY format into `table (columns)`; returns nothing, throws on the first bad row. */
  copyBinary(table: string, columns: readonly string[], data: Uint8Array): Promise<void>
}

export interface Database extends Queryable, AsyncDisposable {
  readonly kind: 'pglite' | 'postgres'
  /**
   * What a commit here survives. `power_safe` only when fsync and synchronous_commit were read back as on
   * (rule A7); PGlite is always `process_safe`.
   */
  readonly durability: Durability
  readonly versions: { server: string; pgvector: string }
  /** Runs `work` in one transaction; commits when it resolves, rolls back when it throws. Never nested. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
}
