// DeepStream's pipeline as a description: every source decoded by itself, one batch of them through the detector and the
// tracker, then apart again. Elements have names and pads, since a batch is no row.
import { element, type GstElement } from '@sam3-fleet/gst-native/graph'
import type { OpenSourceOptions } from '../frame-source.ts'

export interface NamedElement extends GstElement {
  name: string
}

export interface PadLink {
  /** Element and pad; a pad of a kind that is asked for is numbered: `mux.sink_3`. */
  from: string
  to: string
}

export interface BatchGraph {
  elements: readonly NamedElement[]
  links: readonly PadLink[]
  /** Where a probe reads what was found, behind the tracker. */
  probe: string
  /** Where pictures of each source come out, by its place in the batch. */
  sinks: readonly string[]
}

export interface BatchGraphOptions {
  sources: readonly Pick<OpenSourceOptions, 'uri' | 'kind'>[]
  /** Of the frames in the batch: the largest source, in pixels. */
  width: number
  height: number
  detectFps: number
  /** Paths of what `nvinfer-config` and `nvdcf-config` wrote. */
  inferConfigPath: string
  trackerConfigPath: string
  trackerLibraryPath: string
  /** Draws boxes into the pictures that come out: for a person who looks, not for crops. */
  drawsBoxes: boolean
}

/** More at once than one Orin decodes. */
export const BATCH_SOURCES_MAX = 16
/** Sides of what the tracker sees: multiples of 32, as its library wants them. */
const TRACKER_SIZE = { width: 640, height: 384 }
const US_PER_S = 1_000_000
const RTSP_LATENCY_MS = 200
/** What the GPU's pictures become on their way to memory. */
const RGBA = 'video/x-raw, format=(string)RGBA'

/** @throws RangeError without sources, or with more than a batch may have. */
export function batchGraph(options: BatchGraphOptions): BatchGraph {
  const { sources } = options
  if (sources.length === 0 || sources.length > BATCH_SOURCES_MAX)
    throw new RangeError(`a batch has 1 to ${BATCH_SOURCES_MAX} sources, not ${sources.length}`)
  const ways = sources.map((source, n) => sourceWay(source, n))
  const middle = [...batchElements(options)]
  const exits = sources.map((_, n) => exitWay(n))
  const inARow = (elements: readonly NamedElement[]): PadLink[] =>
    elements.slice(1).map((to, n) => ({ from: `${elements[n]?.name}.src`, to: `${to.name}.sink` }))
  const [mux, ...behind] = middle
  return {
    elements: [...ways.flat(), ...middle, ...exits.flat()],
    links: [
      ...ways.flatMap((way, n) => [
        ...(way.length > 1 ? inARow(way) : []),
        { from: `${way.at(-1)?.name}.${videoPadOf(way.at(-1))}`, to: `mux.sink_${n}` },
      ]),
      ...inARow([mux as NamedElement, ...behind]),
      ...exits.flatMap((exit, n) => [
        { from: `demux.src_${n}`, to: `${exit[0]?.name}.sink` },
        ...inARow(exit),
      ]),
    ],
    probe: 'tracker.src',
    sinks: exits.map((exit) => exit.at(-1)?.name ?? ''),
  }
}

function named(
  name: string,
  factory: string,
  properties: Readonly<Record<string, string>> = {},
): NamedElement {
  return { name, ...element(factory, properties) }
}

/** nvurisrcbin decodes files and streams by hardware and connects again by itself; a sensor has an element of its own. */
function sourceWay({ uri, kind }: Pick<OpenSourceOptions, 'uri' | 'kind'>, n: number): NamedElement[] {
  const sensor = /^csi:\/\/([0-9])$/.exec(uri)?.[1]
  if (sensor !== undefined) return [named(`source_${n}`, 'nvarguscamerasrc', { 'sensor-id': sensor })]
  if (kind === 'camera')
    return [
      named(`source_${n}`, 'v4l2src', { device: uri }),
      // From the CPU's memory to that which a batch is made of.
      named(`upload_${n}`, 'nvvideoconvert'),
      named(`upload_caps_${n}`, 'capsfilter', { caps: 'video/x-raw(memory:NVMM), format=(string)NV12' }),
    ]
  return [
    named(`source_${n}`, 'nvurisrcbin', {
      uri: kind === 'file' ? fileUri(uri) : uri,
      'gpu-id': '0',
      ...(kind === 'rtsp' && {
        latency: String(RTSP_LATENCY_MS),
        // 4: over TCP, as the other ways of reading do.
        'select-rtp-protocol': '4',
        'rtsp-reconnect-interval': '5',
      }),
    }),
  ]
}

/** nvurisrcbin's pads come later and are numbered by kind; every other source has one from the beginning. */
function videoPadOf(last: NamedElement | undefined): string {
  return last?.factory === 'nvurisrcbin' ? 'vsrc_0' : 'src'
}

function fileUri(path: string): string {
  return `file://${path.split('/').map(encodeURIComponent).join('/')}`
}

function batchElements(options: BatchGraphOptions): NamedElement[] {
  const { sources, width, height, detectFps } = options
  const isLive = sources.some(({ kind }) => kind !== 'file')
  return [
    named('mux', 'nvstreammux', {
      'batch-size': String(sources.length),
      width: String(width),
      height: String(height),
      'enable-padding': 'true',
      'live-source': String(isLive),
      // A batch waits no longer for a slow source than its next frame is away.
      'batched-push-timeout': String(Math.round(US_PER_S / detectFps)),
    }),
    named('infer', 'nvinfer', {
      'config-file-path': options.inferConfigPath,
      'batch-size': String(sources.length),
      'unique-id': '1',
    }),
    named('tracker', 'nvtracker', {
      'tracker-width': String(TRACKER_SIZE.width),
      'tracker-height': String(TRACKER_SIZE.height),
      'll-lib-file': options.trackerLibraryPath,
      'll-config-file': options.trackerConfigPath,
      'gpu-id': '0',
    }),
    ...(options.drawsBoxes
      ? // 1: by the GPU.
        [named('osd', 'nvdsosd', { 'process-mode': '1', 'display-bbox': 'true', 'display-text': 'true' })]
      : []),
    named('demux', 'nvstreamdemux'),
  ]
}

function exitWay(n: number): NamedElement[] {
  return [
    named(`queue_${n}`, 'queue', { 'max-size-buffers': '2', leaky: 'downstream' }),
    named(`convert_${n}`, 'nvvideoconvert'),
    named(`memory_${n}`, 'capsfilter', { caps: RGBA }),
    named(`frames_${n}`, 'appsink', { sync: 'false', 'max-buffers': '1', 'emit-signals': 'false' }),
  ]
}
