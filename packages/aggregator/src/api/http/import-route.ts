// POST /api/v1/import: a device's file of batches streams in, lines of JSON about it stream out (shared: import-report).
// What is refused before anything was taken is an ordinary error; later the last line says why the rest was not taken.
import type { RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import {
  IMPORT_ANSWER_TYPE,
  type ImportLine,
  type ImportReport,
} from '@sam3-fleet/shared/fleet/import-report'
import { publicError } from '../error-shape.ts'
import { mayCall } from '../principal.ts'
import type { Authenticator } from './authenticate.ts'
import type { OperationLimits } from './operation-limits.ts'

/** Files that are read at once: each keeps one connection to the database busy, and the network's batches come first. */
const IMPORTS_MAX = 2

export interface ImportRouteDeps {
  auth: Authenticator
  limits: OperationLimits
  log: Logger
  /** Gives the account after each batch; throws FleetError when not everything can be taken. */
  importFile: (file: {
    tenantId: string
    chunks: AsyncIterable<Uint8Array>
    signal: AbortSignal
  }) => AsyncIterable<ImportReport>
}

export function importRoute({ auth, limits, log, importFile }: ImportRouteDeps): RequestHandler {
  let running = 0
  return async (request, response) => {
    const principal = auth.authenticate(request)
    if (!mayCall(principal.role, 'admin')) throw new FleetError('FORBIDDEN', 'importing needs the role admin')
    limits.take(principal)
    if (running >= IMPORTS_MAX)
      throw new FleetError('TOO_MANY_REQUESTS', `${IMPORTS_MAX} files are being imported already`, {
        hint: 'Wait until one of them is done, then import this one again.',
      })
    const { tenantId } = principal
    const gone = new AbortController()
    response.on('close', () => gone.abort(new FleetError('CANCELLED', 'the caller went away')))
    // Ending the reading early must not end the connection: the caller is to hear why.
    const chunks = { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
    running += 1
    try {
      await answer(response, importFile({ tenantId, chunks, signal: gone.signal }), log)
    } catch (thrown) {
      if (!gone.signal.aborted) throw thrown
      log.info({ subject: principal.subject }, 'the caller of an import went away; what was taken stays')
    } finally {
      running -= 1
      // What is left of the body is let go, so that a caller who is still sending gets to reading the answer.
      request.resume()
    }
  }
}

/** @throws what was thrown before the first report: nothing was sent then. */
async function answer(response: Response, reports: AsyncIterable<ImportReport>, log: Logger): Promise<void> {
  let report: ImportReport | null = null
  let error: FleetError | null = null
  try {
    for await (report of reports) {
      if (!response.headersSent) begin(response)
      // A caller who does not read while he sends is told less, never waited for.
      if (!response.writableNeedDrain) response.write(lineOf({ kind: 'progress', report }))
    }
  } catch (thrown) {
    if (report === null) throw thrown
    error = publicError(thrown)
    if (error.status >= 500) log.error({ err: thrown }, 'an import broke off')
  }
  if (!response.headersSent) begin(response)
  if (report) log.info({ ...report, error: error?.code }, 'imported a file')
  response.end(lineOf({ kind: 'end', report, error: error && error.toBody().error }))
}

function begin(response: Response): void {
  response.setHeader('content-type', IMPORT_ANSWER_TYPE)
  response.setHeader('cache-control', 'no-store')
  response.flushHeaders()
}

function lineOf(line: ImportLine): string {
  return `${JSON.stringify(line)}\n`
}
