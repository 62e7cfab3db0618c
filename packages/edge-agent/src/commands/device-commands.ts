// What the centre may ask of this device, done with the parts of the agent. Each answers with what it did or throws.
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline as pipe } from 'node:stream/promises'
import { createHash } from 'node:crypto'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { REPLY_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import type { CommandBody, ReplyResult } from '@sam3-fleet/shared/protocol/command'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { RegroupingService } from '../regroup/regrouping.ts'
import type { SightingSearch } from '../search/sighting-search.ts'
import { parseSourceUri } from '../sources/source-uri.ts'
import type { JobStore } from '../store/job-store.ts'
import type { Outbox } from '../store/outbox.ts'
import type { SourceStore } from '../store/source-store.ts'
import type { SightingFilter, SqliteReaders } from '../store/sqlite-readers.ts'
import type { CommandHandlers } from '../sync/command-handlers.ts'
import type { JobIntake } from './job-intake.ts'

/** Crops that one answer carries; the rest follows by the outbox. */
const CROPS_MAX = 24
/** Bytes of a reply beside its results and crops: ids, names and brackets. */
const REPLY_OVERHEAD_BYTES = 8 * 1024
/** Characters around one crop in JSON. */
const CROP_QUOTES = 6

export interface DeviceCommandsDeps {
  spaceId: string
  search: SightingSearch
  readers: SqliteReaders
  sources: SourceStore
  jobs: JobStore
  jobRunner: JobRunner
  intake: JobIntake
  regrouping: RegroupingService
  pipeline: Pipeline
  outbox: Outbox
  nowMs: () => number
  uploadsDir: string
  newId: () => string
  /** Fetches a path of the centre with this device's own credentials. */
  fetchFromCentre: (path: string, signal: AbortSignal) => Promise<Response>
}

export function createDeviceCommands(deps: DeviceCommandsDeps): CommandHandlers {
  return {
    search: (body) => answerSearch(deps, body),
    'sources.list': async () => ({ sources: deps.sources.sources().map(({ record }) => record) }),
    async 'sources.upsert'({ source }) {
      const { kind } = parseSourceUri(source.uri)
      return { source: deps.sources.upsertSource(source, kind).record }
    },
    'sources.remove': async ({ id }) => ({ removed: deps.sources.removeSource(id) }),
    'jobs.list': async ({ limit }) => ({ jobs: deps.jobs.jobs(limit) }),
    'jobs.cancel': async ({ id }) => ({ job: await deps.jobRunner.cancel(id) }),
    async 'jobs.create'(body, { signal, idempotencyKey }) {
      const path = await download(deps, body, signal)
      const { job } = await deps.intake.accept({
        path,
        sha256: body.sha256,
        fileName: body.fileName,
        textPrompt: body.textPrompt,
        confidenceThreshold: body.confidenceThreshold,
        recordedAtMs: null,
        idempotencyKey,
      })
      return { job }
    },
    async preview({ sourceId, maxWidth }) {
      const id = sourceId ?? deps.sources.sources()[0]?.record.id
      const frame = id === undefined ? null : await deps.pipeline.lastFrame(id, maxWidth)
      return { image: frame && toImage(frame.bytes, { ...frame, contentType: 'image/webp' }) }
    },
    async 'sightings.split'({ sightingId, trackIds }) {
      const parts = await deps.regrouping.split(sightingId, trackIds)
      return {
        parts: parts.map(({ sighting, trackIds: own }) => ({ sightingId: sighting.id, trackIds: own })),
      }
    },
    async 'media.fetch'({ sightingId, what }) {
      const sighting = deps.readers.sighting(sightingId)
      if (!sighting) throw new FleetError('NOT_FOUND', `there is no sighting ${sightingId} on this device`)
      if (what === 'frame') {
        throw new FleetError(
          'NOT_SUPPORTED_BY_PACK',
          'this device keeps crops of what it saw, not whole frames',
          { hint: 'Ask for the crop.' },
        )
      }
      const crop = sighting.mediaSha256 === null ? null : deps.readers.media(sighting.mediaSha256)
      return {
        image:
          crop &&
          toImage(crop.content, { ...crop, contentType: crop.content_type, atMs: sighting.lastSeenMs }),
      }
    },
  }
}

async function answerSearch(
  deps: DeviceCommandsDeps,
  body: Extract<CommandBody, { kind: 'search' }>,
): Promise<ReplyResult<'search'>> {
  const { epoch, maxSeq } = deps.outbox.position()
  // Another epoch than the centre knows: all of it is new to the centre.
  const sinceSeq = body.epoch === epoch ? body.sinceSeq : 0
  const filter: SightingFilter = {
    sources: body.filters.sources,
    labels: body.filters.labels,
    fromMs: toMs(body.filters.from),
    toMs: toMs(body.filters.to),
    minConfidence: body.filters.minConfidence,
    sinceSeq,
  }
  const vector = body.vectors.find(({ spaceId }) => spaceId === deps.spaceId)
  const results = vector
    ? await deps.search.nearest(fromF16Bytes(Buffer.from(vector.f16, 'base64')), filter, body.limit)
    : body.q === null
      ? deps.readers.newestSightings(filter, body.limit).map((sighting) => ({ sighting, similarity: null }))
      : (await deps.search.find(body.q, filter, body.limit)).results.map(({ sighting, similarity }) => ({
          sighting,
          similarity,
        }))
  const room = REPLY_MAX_BYTES - REPLY_OVERHEAD_BYTES - Buffer.byteLength(JSON.stringify(results))
  return {
    results,
    crops: cropsOf(
      deps,
      results.map(({ sighting }) => sighting.mediaSha256),
      room,
    ),
    maxSeq,
    completeToMs: deps.nowMs(),
  }
}

/** Crops of the best results as base64, as many as the reply has room for. */
function cropsOf(
  deps: DeviceCommandsDeps,
  hashes: (string | null)[],
  roomBytes: number,
): Record<string, string> {
  const crops: Record<string, string> = {}
  let left = roomBytes
  for (const hash of [...new Set(hashes)].slice(0, CROPS_MAX)) {
    const crop = hash === null ? null : deps.readers.media(hash)
    if (!crop || hash === null) continue
    const text = Buffer.from(crop.content).toString('base64')
    left -= text.length + hash.length + CROP_QUOTES
    if (left < 0) break
    crops[hash] = text
  }
  return crops
}

/** Brings an upload from the centre; it is only named a file of this device when its hash is right. */
async function download(
  deps: DeviceCommandsDeps,
  body: Extract<CommandBody, { kind: 'jobs.create' }>,
  signal: AbortSignal,
): Promise<string> {
  await mkdir(deps.uploadsDir, { recursive: true })
  const path = join(deps.uploadsDir, deps.newId())
  const response = await deps.fetchFromCentre(body.uploadPath, signal)
  if (!response.ok || !response.body)
    throw new FleetError('UNAVAILABLE', `the centre did not give the upload (${response.status})`)
  const hash = createHash('sha256')
  let received = 0
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.byteLength
      hash.update(chunk)
      done(
        received > body.bytes
          ? new FleetError('PAYLOAD_TOO_LARGE', 'the upload is larger than was said')
          : null,
        chunk,
      )
    },
  })
  try {
    await pipe(Readable.fromWeb(response.body), check, createWriteStream(path, { flush: true }), { signal })
    if (hash.digest('hex') !== body.sha256)
      throw new FleetError('CONFLICT', 'the upload did not arrive as it was sent')
    return path
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

function toImage(
  bytes: Uint8Array,
  facts: { contentType: string; width: number; height: number; atMs: number | null },
): NonNullable<ReplyResult<'preview'>['image']> {
  const { contentType, width, height, atMs } = facts
  return { contentType, base64: Buffer.from(bytes).toString('base64'), width, height, atMs }
}

function toMs(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : Date.parse(iso)
}
