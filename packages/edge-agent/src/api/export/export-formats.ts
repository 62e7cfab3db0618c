// One page of detections in the formats that others read. Each writer is pure: rows in, bytes out.
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { StoredDetection } from '../../store/sqlite-readers.ts'
import { detectionShape } from '../detections/schema.ts'
import type { PageFormat } from './schema.ts'

export interface ExportPage {
  deviceId: string
  detections: StoredDetection[]
  /** Size of each video's frames, for formats in pixels. */
  sizeOf: (videoId: string) => { width: number; height: number }
}

export const exportWriters: Record<PageFormat, { contentType: string; write: (page: ExportPage) => Buffer }> =
  {
    ndjson: { contentType: 'application/x-ndjson', write: toNdjson },
    csv: { contentType: 'text/csv; charset=utf-8', write: toCsv },
    coco: { contentType: 'application/json', write: toCoco },
    parquet: { contentType: 'application/vnd.apache.parquet', write: toParquet },
  }

function toNdjson({ deviceId, detections }: ExportPage): Buffer {
  return Buffer.from(
    detections.map((detection) => `${JSON.stringify(detectionShape(deviceId, detection))}\n`).join(''),
  )
}

const CSV_COLUMNS = [
  'detection_id',
  'device_id',
  'epoch',
  'video_id',
  'source_id',
  'sighting_id',
  'track_id',
  'frame_idx',
  'at',
  'label',
  'text_prompt',
  'confidence',
] as const

function toCsv({ deviceId, detections }: ExportPage): Buffer {
  const lines = detections.map((detection) => {
    const shape = detectionShape(deviceId, detection)
    return [...CSV_COLUMNS.map((column) => csvCell(shape[column])), ...shape.bbox.map(String)].join(',')
  })
  return Buffer.from([[...CSV_COLUMNS, 'x', 'y', 'w', 'h'].join(','), ...lines, ''].join('\r\n'))
}

/** RFC 4180; a text that a spreadsheet would run as a formula is disarmed with an apostrophe. */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** COCO detection format: images are frames, boxes in pixels. */
function toCoco({ detections, sizeOf }: ExportPage): Buffer {
  const labels = [...new Set(detections.map(({ label }) => label))].sort()
  const imageIds = new Map<string, number>()
  const images: object[] = []
  for (const { videoId, frameIdx, tsMs } of detections) {
    const key = `${videoId}/${frameIdx}`
    if (imageIds.has(key)) continue
    imageIds.set(key, imageIds.size + 1)
    images.push({
      id: imageIds.size,
      file_name: `${videoId}/${String(frameIdx).padStart(6, '0')}.jpg`,
      ...sizeOf(videoId),
      date_captured: new Date(tsMs).toISOString(),
    })
  }
  const annotations = detections.map(
    ({ detectionId, videoId, frameIdx, label, confidence, bbox: [x, y, w, h], mask, trackId }) => {
      const { width, height } = sizeOf(videoId)
      const bbox = [x * width, y * height, w * width, h * height]
      return {
        id: detectionId,
        image_id: imageIds.get(`${videoId}/${frameIdx}`),
        category_id: labels.indexOf(label) + 1,
        bbox,
        area: (bbox[2] as number) * (bbox[3] as number),
        iscrowd: 0,
        score: confidence,
        track_id: trackId,
        ...(mask ? { segmentation: mask } : {}),
      }
    },
  )
  return Buffer.from(
    JSON.stringify({ images, annotations, categories: labels.map((name, n) => ({ id: n + 1, name })) }),
  )
}

function toParquet({ deviceId, detections }: ExportPage): Buffer {
  const shapes = detections.map((detection) => detectionShape(deviceId, detection))
  const text = (name: (typeof CSV_COLUMNS)[number], nullable = false) => ({
    name,
    data: shapes.map((shape) => shape[name] as string | null),
    type: 'STRING' as const,
    nullable,
  })
  const whole = (name: 'detection_id' | 'track_id' | 'frame_idx') => ({
    name,
    data: shapes.map((shape) => BigInt(shape[name])),
    type: 'INT64' as const,
  })
  const real = (name: string, of: (shape: (typeof shapes)[number]) => number) => ({
    name,
    data: shapes.map(of),
    type: 'DOUBLE' as const,
  })
  return Buffer.from(
    parquetWriteBuffer({
      columnData: [
        whole('detection_id'),
        text('device_id'),
        text('epoch'),
        text('video_id'),
        text('source_id'),
        text('sighting_id'),
        whole('track_id'),
        whole('frame_idx'),
        { name: 'at', data: detections.map(({ tsMs }) => new Date(tsMs)), type: 'TIMESTAMP' as const },
        text('label'),
        text('text_prompt', true),
        real('confidence', ({ confidence }) => confidence),
        ...(['x', 'y', 'w', 'h'] as const).map((name, n) => real(name, ({ bbox }) => bbox[n] as number)),
      ],
    }),
  )
}
