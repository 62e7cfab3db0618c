// What Prometheus may read of this device; values are asked for when they are scraped.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { BoardWatch } from '../sense/board-watch.ts'

export interface MetricsDeps {
  deviceId: string
  readStatus: () => Promise<DeviceStatus>
  board: Pick<BoardWatch, 'reading' | 'governed'>
}

export function createMetrics({ deviceId, readStatus, board }: MetricsDeps): Registry {
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
  addBoard(registry, board)
  return registry
}

/** Rails, sensors and loads that this board has; what it does not tell has no sample. */
function addBoard(registry: Registry, board: MetricsDeps['board']): void {
  const single = (name: string, help: string, read: () => number | null): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read()
        this.reset()
        if (value === null) this.remove()
        else this.set(value)
      },
    })
  }
  const perName = (
    name: string,
    help: string,
    label: string,
    read: () => Readonly<Record<string, number>>,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset()
        for (const [part, value] of Object.entries(read())) this.set({ [label]: part }, value)
      },
    })
  }
  single(
    'fleet_pipeline_rate_factor',
    'Part of the wished frames a second that the board can bear',
    () => board.governed().factor,
  )
  single('fleet_board_gpu_load_ratio', 'Load of the GPU', () => board.reading().gpuLoad)
  single('fleet_board_cpu_load_ratio', 'Load of all cores together', () => board.reading().cpuLoad)
  single('fleet_board_memory_bus_load_ratio', "Load of the memory's bus", () => board.reading().memoryBusLoad)
  single('fleet_board_memory_used_bytes', 'Memory in use', () => board.reading().memoryUsedBytes)
  single('fleet_board_memory_total_bytes', 'Memory of the board', () => board.reading().memoryTotalBytes)
  single(
    'fleet_board_over_current_events',
    'Times that the board drew more current than it may',
    () => board.reading().overCurrentEvents,
  )
  perName(
    'fleet_board_temperature_celsius',
    'Temperature of each sensor',
    'sensor',
    () => board.reading().temperaturesC,
  )
  perName('fleet_board_power_milliwatts', 'Power of each rail', 'rail', () => board.reading().railsMw)
}
