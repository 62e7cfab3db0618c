// A device's file of batches in, the account of it after each batch out. Holds one batch at a time; what is damaged is
// left out and counted, and the rest is taken: a file may have travelled far, and to read it again costs nothing.
import type { Logger } from 'pino'
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ImportReport } from '@sam3-fleet/shared/fleet/import-report'
import type { Batch, BatchHeader } from '@sam3-fleet/shared/protocol/batch'
import { decodeBatchHeader } from '@sam3-fleet/shared/protocol/batch-codec'
import { readBatchFile } from '@sam3-fleet/shared/protocol/batch-file'
import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../database/database.ts'
import type { EpochKey } from '../store/write-receipts.ts'
import { importBatch, type ImportedBatch } from './import-batch.ts'
import { readBody } from './read-batch.ts'

/** Milliseconds before a batch is tried again after the database failed, and how often; then the caller is told. */
const RETRY_MS = [200, 1_000, 5_000] as const

export interface FileImportDeps {
  database: Database
  clock: Clock
  log: Logger
}

export interface FileToImport {
  tenantId: string
  chunks: AsyncIterable<Uint8Array>
  /** Fires when nobody waits for the answer any more; batches that were taken stay. */
  signal: AbortSignal
}

/**
 * Ends without a report when the file is whole and holds nothing. Each report is the account up to its batch.
 * @throws FleetError of importBatch; INVALID_INPUT for a damaged file, PROTOCOL_MISMATCH, UNAVAILABLE, CONFLICT when
 *   entries wait for a vector or crop. Batches before it, and whole ones around a damaged one, are taken.
 */
export type ImportFile = (file: FileToImport) => AsyncGenerator<ImportReport, void, void>

export function createFileImport(deps: FileImportDeps): ImportFile {
  return async function* importFile({ tenantId, chunks, signal }) {
    let report: ImportReport | null = null
    let damagedBatches = 0
    let bytes = 0
    for await (const payload of readBatchFile(chunks)) {
      bytes += payload.byteLength
      const read = readWhole(payload)
      if (!read || (report && !isOf(report, read.header))) {
        damagedBatches += 1
      } else {
        const { deviceId, epoch } = read.header
        const imported = await settle(deps, { tenantId, deviceId, epoch }, read.batch, signal)
        const { durability } = deps.database
        report = add(report ?? { ...NOTHING, deviceId, epoch, durability }, imported)
      }
      if (!report) continue
      report = { ...report, bytes, damagedBatches }
      yield report
    }
    if (report) assertComplete(report)
    else if (damagedBatches > 0)
      throw new FleetError('INVALID_INPUT', 'no batch of the file can be read', { hint: EXPORT_AGAIN })
  }
}

const EXPORT_AGAIN =
  'Export it again from the device: it keeps everything until this centre itself has confirmed it.'

const NOTHING = {
  bytes: 0,
  batches: 0,
  damagedBatches: 0,
  newEntries: 0,
  knownEntries: 0,
  setAsideEntries: 0,
  waitingEntries: 0,
  hwmBefore: 0,
  hwm: 0,
}

/** Null when the batch is damaged. @throws FleetError PROTOCOL_MISMATCH when it is of another version than this build. */
function readWhole(payload: Uint8Array): { header: BatchHeader; batch: Batch } | null {
  const header = headerOf(payload)
  const body = readBody(payload)
  if (!header || body.kind !== 'batch') return null
  if (header.v < PROTOCOL_FLOOR || header.v > PROTOCOL_VERSION)
    throw new FleetError(
      'PROTOCOL_MISMATCH',
      `the centre speaks protocol ${PROTOCOL_FLOOR} to ${PROTOCOL_VERSION}, the file ${header.v}`,
      { hint: 'Bring the older of the two, device or centre, up to date; then import the file again.' },
    )
  return { header, batch: body.batch }
}

function headerOf(payload: Uint8Array): BatchHeader | null {
  try {
    return decodeBatchHeader(payload).header
  } catch {
    return null
  }
}

function isOf(report: ImportReport, { deviceId, epoch }: BatchHeader): boolean {
  return report.deviceId === deviceId && report.epoch === epoch
}

/** While the database is away the batch is tried again; errors of ours say something that does not pass. */
async function settle(
  { database, clock, log }: FileImportDeps,
  key: EpochKey,
  batch: Batch,
  signal: AbortSignal,
): Promise<ImportedBatch> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await importBatch(database, key, batch)
    } catch (thrown) {
      if (thrown instanceof FleetError) throw thrown
      log.error(
        { err: toFleetError(thrown), deviceId: key.deviceId, attempt },
        'a batch of a file was not stored',
      )
      const delayMs = RETRY_MS[attempt]
      if (delayMs === undefined)
        throw new FleetError('UNAVAILABLE', "the centre's database does not take the file at the moment", {
          hint: 'What was taken so far stays. Import the file again when the centre is healthy.',
          cause: thrown,
        })
      await clock.sleep(delayMs, signal)
    }
  }
}

function add(report: ImportReport, imported: ImportedBatch): ImportReport {
  return {
    ...report,
    batches: report.batches + 1,
    newEntries: report.newEntries + imported.newEntries,
    knownEntries: report.knownEntries + imported.knownEntries,
    setAsideEntries: report.setAsideEntries + imported.setAsideEntries,
    waitingEntries: report.waitingEntries + imported.waitingEntries,
    hwmBefore: report.batches === 0 ? imported.hwmBefore : report.hwmBefore,
    hwm: imported.hwm,
  }
}

/** @throws FleetError when not everything of the file is settled now. */
function assertComplete({ batches, damagedBatches, waitingEntries }: ImportReport): void {
  if (damagedBatches > 0)
    throw new FleetError(
      'INVALID_INPUT',
      `${damagedBatches} of ${batches + damagedBatches} batches are damaged; the others were taken`,
      { hint: EXPORT_AGAIN },
    )
  if (waitingEntries > 0)
    throw new FleetError('CONFLICT', `${waitingEntries} entries name a vector or crop that is not here`, {
      hint: 'The file was made for a centre that had them already; was this one restored? The device sends them when it connects.',
    })
}
