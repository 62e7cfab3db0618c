// Files of devices in, one line of result for each out: what the centre took, and why not more. Each may be sent again.
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ErrorCode } from '@sam3-fleet/shared/errors/codes'
import type { ImportReport } from '@sam3-fleet/shared/fleet/import-report'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'
import { sendFile, type CentreAccess } from './send-file.ts'

/** Reasons that every other file would meet too. */
const ENDS_ALL: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'UNAVAILABLE', 'CANCELLED'])
/** Lines of progress for one file. */
const STEPS = 10

export interface ImportOptions {
  access: CentreAccess
  json: boolean
}

export async function importFiles(
  paths: readonly string[],
  { access, json }: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok
  for (const path of paths) {
    terminal.note(`importing ${path} into ${access.url.origin}`)
    const { report, error } = await importOne(path, access, terminal)
    if (json) terminal.result(JSON.stringify({ file: path, report, error: error && error.toBody().error }))
    else if (report || !error) terminal.result(`${basename(path)}: ${summaryOf(report)}`)
    if (!error) continue
    code = EXIT.failed
    terminal.note(`fleet: ${path}: ${error.message}`)
    terminal.note(`  ${error.hint} [${error.code}]`)
    if (ENDS_ALL.has(error.code)) break
  }
  return code
}

interface Outcome {
  /** What was taken, as far as the centre told it; null when it told nothing or the file held nothing. */
  report: ImportReport | null
  error: FleetError | null
}

async function importOne(path: string, access: CentreAccess, terminal: Terminal): Promise<Outcome> {
  let report: ImportReport | null = null
  let step = 0
  try {
    const size = await stat(path).then(
      (file) => file.size,
      () => 0,
    )
    for await (const line of sendFile(path, access)) {
      report = line.report
      if (line.kind === 'end') {
        const { error } = line
        return { report, error: error && new FleetError(error.code, error.message, { hint: error.hint }) }
      }
      const reached = Math.floor((line.report.bytes * STEPS) / Math.max(1, size))
      if (reached > step && reached < STEPS)
        terminal.note(`  ${reached * (100 / STEPS)} %  ${countsOf(line.report)}`)
      step = Math.max(step, reached)
    }
    throw new FleetError('UNAVAILABLE', "the centre's answer broke off", {
      hint: 'What was taken stays; import the file again.',
    })
  } catch (thrown) {
    return { report, error: toFleetError(thrown) }
  }
}

function summaryOf(report: ImportReport | null): string {
  if (!report) return 'the device had nothing to bring'
  const { deviceId, hwmBefore, hwm } = report
  return `${deviceId}: ${countsOf(report)}; settled up to ${hwm}, before ${hwmBefore}`
}

function countsOf(report: ImportReport): string {
  const { batches, damagedBatches, newEntries, knownEntries, setAsideEntries, waitingEntries } = report
  const parts = [
    `${batches} batches`,
    damagedBatches > 0 && `${damagedBatches} damaged`,
    `${newEntries} entries new`,
    `${knownEntries} known before`,
    `${setAsideEntries} set aside`,
    waitingEntries > 0 && `${waitingEntries} waiting`,
  ]
  return parts.filter((part) => part !== false).join(', ')
}
