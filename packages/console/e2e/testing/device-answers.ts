// What a reachable device answers to the centre's commands, from memory: its sources, its jobs, its pictures.
import { randomUUID } from 'node:crypto'
import type { JobRecord } from '@sam3-fleet/shared/domain/job'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import type { Command, ReplyResult, SourceInput } from '@sam3-fleet/shared/protocol/command'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import { pictureOf } from './picture.ts'

export interface DeviceMemory {
  sources: SourceRecord[]
  jobs: JobRecord[]
  /** Seen by the device and not yet in the centre: what only a live question finds. */
  unsynced: { sighting: Sighting; similarity: number }[]
  /** Called when it is asked live; the answer waits for it. */
  beforeSearch: () => Promise<void>
}

const FRAME = { width: 320, height: 180, rgb: [70, 96, 120] } as const

export async function answerOf(
  memory: DeviceMemory,
  { body }: Command,
): Promise<ReplyResult<Command['body']['kind']>> {
  switch (body.kind) {
    case 'search':
      await memory.beforeSearch()
      return {
        results: memory.unsynced.filter((one) => passes(one.sighting, body.filters)),
        crops: {},
        maxSeq: 1_000,
        completeToMs: Date.now(),
      }
    case 'sources.list':
      return { sources: memory.sources }
    case 'sources.upsert': {
      const source = recordOf(body.source, memory.sources)
      memory.sources = [...memory.sources.filter(({ id }) => id !== source.id), source]
      return { source }
    }
    case 'sources.remove': {
      const before = memory.sources.length
      memory.sources = memory.sources.filter(({ id }) => id !== body.id)
      return { removed: memory.sources.length < before }
    }
    case 'jobs.list':
      return { jobs: memory.jobs }
    case 'jobs.create': {
      const job = jobOf(body.fileName, body.textPrompt)
      memory.jobs = [job, ...memory.jobs]
      return { job }
    }
    case 'jobs.cancel': {
      memory.jobs = memory.jobs.map((job) => (job.id === body.id ? { ...job, status: 'cancelled' } : job))
      const job = memory.jobs.find(({ id }) => id === body.id)
      if (!job) throw new Error('no such job')
      return { job }
    }
    case 'sightings.split':
      return { parts: [{ sightingId: body.sightingId, trackIds: body.trackIds ?? [] }] }
    case 'preview':
    case 'media.fetch':
      return {
        image: {
          contentType: 'image/png',
          base64: pictureOf(FRAME).toString('base64'),
          width: FRAME.width,
          height: FRAME.height,
          atMs: Date.now(),
        },
      }
  }
}

function passes({ label, confidence }: Sighting, { labels, minConfidence = 0 }: SearchFilters): boolean {
  return confidence >= minConfidence && (labels === undefined || labels.includes(label))
}

function recordOf(input: SourceInput, known: readonly SourceRecord[]): SourceRecord {
  const before = known.find(({ id }) => id === input.id)
  return {
    ...input,
    id: before?.id ?? randomUUID(),
    version: (before?.version ?? 0) + 1,
    kind: 'rtsp',
    state: input.enabled ? 'running' : 'disabled',
    stateDetail: '',
  }
}

export function jobOf(fileName: string, textPrompt: string | null): JobRecord {
  return {
    id: randomUUID(),
    videoId: randomUUID(),
    sourceId: randomUUID(),
    fileName,
    textPrompt,
    interpretation:
      textPrompt === null
        ? null
        : {
            prompt: textPrompt,
            labels: [{ label: 'car', similarity: 0.9 }],
            colours: ['red'],
            ignored: [],
            summary: 'Watching for car; keeping red',
          },
    confidenceThreshold: 0.4,
    status: 'processing',
    progress: 0.42,
    framesDone: 126,
    detections: 31,
    sightings: 4,
    error: null,
    createdAtMs: Date.now(),
    updatedAtMs: Date.now(),
  }
}
