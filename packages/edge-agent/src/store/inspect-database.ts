// The database looked at without changing it, also while the agent runs: whole or not, how new, and what it holds.
import { existsSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import { pendingMigrations } from './migrate.ts'

export interface DatabaseFacts {
  /** What SQLite's quick_check says; `ok` when it is whole. */
  integrity: string
  /** Migrations that the next start applies. */
  pending: string[]
  deviceId: string | null
  vectors: number
  sources: { name: string; enabled: boolean; state: string; detail: string }[]
}

/** Null where there is no database yet. @throws when the file cannot be opened, or is of a newer version. */
export function inspectDatabase(path: string): DatabaseFacts | null {
  if (!existsSync(path)) return null
  const db = new BetterSqlite(path, { readonly: true })
  try {
    const integrity = String(db.pragma('quick_check(1)', { simple: true }))
    const pending = pendingMigrations(db)
    const hasTable = (name: string): boolean =>
      db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined
    if (!hasTable('device')) return { integrity, pending, deviceId: null, vectors: 0, sources: [] }
    const device = db.prepare<[], { device_id: string }>('SELECT device_id FROM device').get()
    const counted = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM vectors').get()
    const sources = db
      .prepare<[], { name: string; enabled: number; state: string; state_detail: string }>(
        'SELECT name, enabled, state, state_detail FROM sources ORDER BY name',
      )
      .all()
    return {
      integrity,
      pending,
      deviceId: device?.device_id ?? null,
      vectors: counted?.n ?? 0,
      sources: sources.map(({ name, enabled, state, state_detail: detail }) => ({
        name,
        enabled: enabled === 1,
        state,
        detail,
      })),
    }
  } finally {
    db.close()
  }
}
