// How far the demo's clips are worked through and synced, as one line for a person.
import type { CentreClient } from './centre-client.ts'
import type { RunningDevice } from './demo-fleet.ts'

export interface WorkProgress {
  /** Every clip is at its end (or its source failed) and the centre has all of it. */
  done: boolean
  failed: string[]
  line: string
}

export async function readProgress(devices: RunningDevice[], centre: CentreClient): Promise<WorkProgress> {
  const sources = await Promise.all(
    devices.map(async (device) => ({
      device,
      source: (await device.client.sources()).find((s) => s.name === device.sourceName),
    })),
  )
  const sync = await centre.sync.status.query()
  const failed = sources.flatMap(({ device, source }) =>
    source?.state === 'failed' ? [`${device.name}: ${source.state_detail}`] : [],
  )
  const parts = sources.map(({ device, source }) => {
    const behind = sync.devices.find((row) => row.deviceId === device.deviceId)?.backlogEntries
    const waiting = behind === undefined ? 'not synced yet' : behind > 0 ? `${behind} to sync` : 'synced'
    return `${device.name} ${source?.state_detail || source?.state || 'starting'}, ${waiting}`
  })
  const worked = sources.every(({ source }) => source?.state === 'finished' || source?.state === 'failed')
  const synced = devices.every((device) => {
    const row = sync.devices.find((candidate) => candidate.deviceId === device.deviceId)
    return row !== undefined && row.maxSeq > 0 && row.hwm >= row.maxSeq && row.backlogEntries === 0
  })
  return { done: worked && synced, failed, line: parts.join(' | ') }
}
