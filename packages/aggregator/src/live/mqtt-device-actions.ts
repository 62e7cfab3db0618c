// What only a device can do or tell: previews, frames, jobs and sources, asked over the command channel.
import { createHash } from 'node:crypto'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { AskedDevice } from '@sam3-fleet/shared/fleet/live-answer'
import type { DeviceJob, JobsCreateInput } from '@sam3-fleet/shared/fleet/device-jobs'
import type { CommandKind, ReplyResult } from '@sam3-fleet/shared/protocol/command'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { DeviceActions } from './device-actions.ts'
import type { Queryable } from '../database/database.ts'
import { listDeviceRows, type DeviceRow } from '../store/list-device-rows.ts'
import { listDeviceSources } from '../store/list-device-sources.ts'
import { getUpload } from '../store/uploads.ts'
import type { BodyOf, DeviceCommands } from './device-commands.ts'
import { deviceCondition, reachable } from './device-condition.ts'
import { outcomeOfFailure } from './live-outcome.ts'

/** A device answers these from memory or its database. */
const QUICK_TIMEOUT_MS = 5_000
/** Opening a stream for a picture, or trying a new source, takes longer. */
const CAMERA_TIMEOUT_MS = 15_000
/** A sighting of many detections is read and described anew. */
const SPLIT_TIMEOUT_MS = 15_000
/** Devices asked at once for their jobs. */
const LIST_DEVICES_MAX = 200

export interface DeviceActionsDeps {
  db: Queryable
  clock: Clock
  commands: DeviceCommands
}

export function createMqttDeviceActions({ db, clock, commands }: DeviceActionsDeps): DeviceActions {
  async function getDevice(tenantId: string, deviceId: string): Promise<DeviceRow> {
    const [row] = await listDeviceRows(db, { tenantId, deviceIds: [deviceId] })
    if (!row) throw new FleetError('NOT_FOUND', `no device ${deviceId} is enrolled here`)
    return row
  }

  function requireReachable(row: DeviceRow): void {
    const condition = deviceCondition(row, clock.nowMs())
    if (reachable(condition)) return
    throw new FleetError('UNAVAILABLE', `${row.name} cannot be asked now: ${condition.stateDetail}`, {
      hint: 'Try again when the fleet page shows it online.',
    })
  }

  /** Asks one device of this tenant; throws at once when it is not connected. */
  async function ask<K extends CommandKind>(
    row: DeviceRow,
    body: BodyOf<K>,
    options: { timeoutMs: number; idempotencyKey?: string; signal: AbortSignal | undefined },
  ): Promise<ReplyResult<K>> {
    requireReachable(row)
    return await commands.send<K>(row.device_id, body, options)
  }

  async function jobsOf(
    row: DeviceRow,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<{ jobs: DeviceJob[]; asked: AskedDevice }> {
    const device = { deviceId: row.device_id, deviceName: row.name }
    try {
      const { jobs } = await ask<'jobs.list'>(
        row,
        { kind: 'jobs.list', limit },
        { timeoutMs: QUICK_TIMEOUT_MS, signal },
      )
      return {
        jobs: jobs.map((job) => ({ ...device, job })),
        asked: { ...device, outcome: 'answered' },
      }
    } catch (thrown) {
      return { jobs: [], asked: { ...device, outcome: outcomeOfFailure(thrown) } }
    }
  }

  return {
    async preview(tenantId, { deviceId, sourceId, maxWidth }, signal) {
      const row = await getDevice(tenantId, deviceId)
      const body = { kind: 'preview', sourceId, maxWidth } as const
      const { image } = await ask<'preview'>(row, body, { timeoutMs: CAMERA_TIMEOUT_MS, signal })
      return { deviceId, image }
    },

    async frame(tenantId, { deviceId, sightingId, what }, signal) {
      const row = await getDevice(tenantId, deviceId)
      const body = { kind: 'media.fetch', sightingId, what } as const
      const { image } = await ask<'media.fetch'>(row, body, { timeoutMs: CAMERA_TIMEOUT_MS, signal })
      return { deviceId, image }
    },

    async splitSighting(tenantId, { deviceId, sightingId, trackIds }, signal) {
      const row = await getDevice(tenantId, deviceId)
      const body = { kind: 'sightings.split', sightingId, trackIds } as const
      const { parts } = await ask<'sightings.split'>(row, body, { timeoutMs: SPLIT_TIMEOUT_MS, signal })
      return { deviceId, parts }
    },

    async createJob(tenantId, input, signal) {
      const row = await getDevice(tenantId, input.deviceId)
      const upload = await getUpload(db, { tenantId, id: input.uploadId })
      if (!upload || upload.device_id !== input.deviceId)
        throw new FleetError('NOT_FOUND', 'no upload with this id was made for this device')
      const { job } = await ask<'jobs.create'>(
        row,
        {
          kind: 'jobs.create',
          uploadPath: `/api/v1/uploads/${upload.id}`,
          sha256: upload.sha256,
          bytes: upload.bytes,
          fileName: upload.file_name,
          textPrompt: input.textPrompt,
          confidenceThreshold: input.confidenceThreshold,
        },
        { timeoutMs: CAMERA_TIMEOUT_MS, idempotencyKey: input.idempotencyKey ?? jobKey(input), signal },
      )
      return { deviceId: row.device_id, deviceName: row.name, job }
    },

    async listJobs(tenantId, { deviceId, limit }, signal) {
      const rows = deviceId
        ? [await getDevice(tenantId, deviceId)]
        : (await listDeviceRows(db, { tenantId, limit: LIST_DEVICES_MAX })).filter((row) =>
            reachable(deviceCondition(row, clock.nowMs())),
          )
      const answers = await Promise.all(rows.map((row) => jobsOf(row, limit, signal)))
      return {
        jobs: answers
          .flatMap((answer) => answer.jobs)
          .sort((a, b) => b.job.createdAtMs - a.job.createdAtMs)
          .slice(0, limit),
        asked: answers.map((answer) => answer.asked),
      }
    },

    async cancelJob(tenantId, { deviceId, id }, signal) {
      const row = await getDevice(tenantId, deviceId)
      const { job } = await ask<'jobs.cancel'>(
        row,
        { kind: 'jobs.cancel', id },
        { timeoutMs: QUICK_TIMEOUT_MS, signal },
      )
      return { deviceId, deviceName: row.name, job }
    },

    async listSources(tenantId, deviceId, signal) {
      const row = await getDevice(tenantId, deviceId)
      try {
        const { sources } = await ask<'sources.list'>(
          row,
          { kind: 'sources.list' },
          { timeoutMs: QUICK_TIMEOUT_MS, signal },
        )
        return { deviceId, sources, from: 'device', asOf: new Date(clock.nowMs()).toISOString(), ageMs: 0 }
      } catch (thrown) {
        if (outcomeOfFailure(thrown) === 'refused') throw thrown
        return { deviceId, ...(await copiedSources(tenantId, row)) }
      }
    },

    async upsertSource(tenantId, { deviceId, source }, signal) {
      const row = await getDevice(tenantId, deviceId)
      const body = { kind: 'sources.upsert', source } as const
      const answer = await ask<'sources.upsert'>(row, body, { timeoutMs: CAMERA_TIMEOUT_MS, signal })
      return { deviceId, source: answer.source }
    },

    async removeSource(tenantId, { deviceId, id }, signal) {
      const row = await getDevice(tenantId, deviceId)
      return await ask<'sources.remove'>(
        row,
        { kind: 'sources.remove', id },
        { timeoutMs: QUICK_TIMEOUT_MS, signal },
      )
    },
  }

  /** The copy is as old as the device's last word: sources are synced on every change while it is connected. */
  async function copiedSources(
    tenantId: string,
    row: DeviceRow,
  ): Promise<Pick<Awaited<ReturnType<DeviceActions['listSources']>>, 'sources' | 'from' | 'asOf' | 'ageMs'>> {
    const copies = await listDeviceSources(db, { tenantId, deviceId: row.device_id })
    const nowMs = clock.nowMs()
    const asOfMs = deviceCondition(row, nowMs).heardAtMs
    return {
      sources: copies.map((copy) => copy.record),
      from: 'copy',
      asOf: asOfMs === null ? null : new Date(asOfMs).toISOString(),
      ageMs: asOfMs === null ? null : Math.max(0, nowMs - asOfMs),
    }
  }
}

/** The same upload with the same question is the same job, however often it is asked for. */
function jobKey({ uploadId, textPrompt, confidenceThreshold }: JobsCreateInput): string {
  const what = JSON.stringify([uploadId, textPrompt, confidenceThreshold])
  return `job-${createHash('sha256').update(what).digest('hex').slice(0, 40)}`
}
