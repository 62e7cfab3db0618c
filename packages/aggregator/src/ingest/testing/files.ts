// Files of batches for tests of import, as a device would export them, and what comes of reading one in.
import pino from 'pino'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import type { ImportReport } from '@sam3-fleet/shared/fleet/import-report'
import { endOfBatchFile, frameBatch } from '@sam3-fleet/shared/protocol/batch-file'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../../database/database.ts'
import { createFileImport } from '../import-file.ts'
import type { BatchDevice } from './device-batches.ts'

/** Bytes of a chunk, so that small files too come in several. */
const CHUNK_BYTES = 700
/** Waits for nothing: what is tried again is tried at once. */
const impatient: Clock = { ...systemClock, sleep: () => Promise.resolve() }

/** A file with one batch for each group of entries. */
export function fileOf(device: BatchDevice, groups: readonly (readonly Entry[])[]): Buffer {
  return Buffer.concat([...groups.map((entries) => frameBatch(device.encode(entries))), endOfBatchFile()])
}

/** Everything that the device has, in batches of `size` entries. */
export function wholeFileOf(device: BatchDevice, size = 2): Buffer {
  const groups: Entry[][] = []
  for (let at = 0; at < device.entries.length; at += size) groups.push(device.entries.slice(at, at + size))
  return fileOf(device, groups)
}

/** Reads a file in and gives the last account. */
export async function importInto(
  database: Database,
  file: Uint8Array,
  { tenantId = DEFAULT_TENANT }: { tenantId?: string } = {},
): Promise<ImportReport | null> {
  const importFile = createFileImport({ database, clock: impatient, log: pino({ level: 'silent' }) })
  const { signal } = new AbortController()
  let last: ImportReport | null = null
  for await (const report of importFile({ tenantId, chunks: inChunks(file), signal })) last = report
  return last
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

/** All that a tenant has in the tables that ingest fills, without the times at which it came. */
export async function contentOf(database: Database, tenantId: string): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {}
  for (const table of CONTENT_TABLES) {
    const rows = await database.query<{ row: object }>(
      `SELECT to_jsonb(t) - ARRAY['tenant_id', 'received_at', 'opened_at', 'created_at', 'deleted_at', 'at', 'closed_at']
         AS row FROM ${table} t WHERE tenant_id = $1 ORDER BY to_jsonb(t)::text`,
      [tenantId],
    )
    content[table] = rows.map(({ row }) => row)
  }
  return content
}

const CONTENT_TABLES = [
  'epochs',
  'receipts',
  'spaces',
  'vectors',
  'sightings',
  'sources',
  'media',
  'tombstones',
  'losses',
  'quarantine',
] as const
