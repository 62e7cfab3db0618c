// What Prometheus may read of this device; values are asked for when they are scraped.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'

export function createMetrics(deviceId: string, readStatus: () => Promise<DeviceStatus>): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ device_id: deviceId })
  collectDefaultMetrics({ register: registry })
  let status: Promise<DeviceStatus> | null = null
  const gauge = (name: string, help: string, read: (status: DeviceStatus) => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        // One status serves all gauges of a scrape.
        status ??= readStatus().finally(() => setImmediate(() => (status = null)))
        this.set(read(await status))
      },
    })
  }
  gauge('fleet_detections', 'Detections kept', ({ totals }) => totals.detections)
  gauge('fleet_sightings', 'Sightings kept', ({ totals }) => totals.sightings)
  gauge('fleet_vectors', 'Distinct embeddings kept', ({ totals }) => totals.vectors)
  gauge(
    'fleet_pipeline_frames_per_second',
    'Frames looked at per second',
    ({ pipeline }) => pipeline.framesPerS,
  )
  gauge(
    'fleet_pipeline_frames_dropped',
    'Frames of live sources that nobody had time for',
    ({ pipeline }) => pipeline.framesDropped,
  )
  gauge('fleet_detect_ms_p50', 'Median milliseconds of one detection', ({ pipeline }) => pipeline.detectMsP50)
  gauge(
    'fleet_outbox_backlog_entries',
    'Entries that the centre does not have',
    ({ sync }) => sync.backlogEntries,
  )
  gauge('fleet_outbox_backlog_bytes', 'Bytes that the centre does not have', ({ sync }) => sync.backlogBytes)
  gauge('fleet_outbox_resent_batches', 'Batches sent again', ({ sync }) => sync.resentBatches)
  gauge('fleet_disk_free_bytes', 'Free bytes of the data folder', ({ disk }) => disk.freeBytes)
  return registry
}
