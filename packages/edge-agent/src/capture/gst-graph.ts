// Which GStreamer elements read a source: for files a demuxer that was chosen by their first bytes, then by what its
// pads carry a decoder of this table. Nothing plugs itself in, so a container cannot bring a decoder into play that
// nobody meant (requirement S15).
import { element, type GstBranch, type GstElement, type GstGraph } from '@sam3-fleet/gst-native/graph'
import type { OpenSourceOptions } from './frame-source.ts'

/** `nvidia`: Jetson's decoder and scaler; `software`: libraries on the CPU, always there. */
export type GstPath = 'nvidia' | 'software'

/** Milliseconds that a stream's packets are held to put them in order; GStreamer's own 2,000 make a camera late. */
const RTSP_LATENCY_MS = 200
/** Microseconds that a connection may take. */
const RTSP_CONNECT_TIMEOUT_US = 5_000_000
/** One thread per source, as with FFmpeg: sources share the machine, and detection needs the rest. */
const ONE_THREAD = { 'max-threads': '1' }

const DEMUXERS: Readonly<Record<string, string>> = {
  mov: 'qtdemux',
  matroska: 'matroskademux',
  avi: 'avidemux',
  mpegts: 'tsdemux',
}

interface Codec {
  /** Of a demuxer's pad. */
  caps: string
  /** What RTP calls it, and what takes it out of there; absent where cameras do not send it. */
  rtp?: { encoding: string; depayloader: string }
  parser: string | null
  /** Best first. */
  software: readonly GstElement[]
  /** Whether Jetson's decoder takes it. */
  isNvidia: boolean
}

const CODECS: readonly Codec[] = [
  {
    caps: 'video/x-h264',
    rtp: { encoding: 'H264', depayloader: 'rtph264depay' },
    parser: 'h264parse',
    software: [element('avdec_h264', ONE_THREAD), element('openh264dec')],
    isNvidia: true,
  },
  {
    caps: 'video/x-h265',
    rtp: { encoding: 'H265', depayloader: 'rtph265depay' },
    parser: 'h265parse',
    software: [element('avdec_h265', ONE_THREAD), element('libde265dec')],
    isNvidia: true,
  },
  {
    caps: 'image/jpeg',
    rtp: { encoding: 'JPEG', depayloader: 'rtpjpegdepay' },
    parser: 'jpegparse',
    software: [element('avdec_mjpeg'), element('jpegdec')],
    isNvidia: false,
  },
  {
    caps: 'video/mpeg, mpegversion=(int)4, systemstream=(boolean)false',
    rtp: { encoding: 'MP4V-ES', depayloader: 'rtpmp4vdepay' },
    parser: 'mpeg4videoparse',
    software: [element('avdec_mpeg4', ONE_THREAD)],
    isNvidia: false,
  },
  {
    caps: 'video/mpeg, mpegversion=(int)[1, 2], systemstream=(boolean)false',
    parser: 'mpegvideoparse',
    software: [element('avdec_mpeg2video', ONE_THREAD), element('mpeg2dec')],
    isNvidia: false,
  },
  { caps: 'video/x-vp8', parser: null, software: [element('vp8dec', { threads: '1' })], isNvidia: true },
  { caps: 'video/x-vp9', parser: null, software: [element('vp9dec', { threads: '1' })], isNvidia: true },
  {
    caps: 'video/x-av1',
    parser: null,
    software: [element('dav1ddec', { 'n-threads': '1' }), element('av1dec')],
    isNvidia: false,
  },
  {
    caps: 'video/x-divx, divxversion=(int)[4, 5]; video/x-xvid',
    parser: null,
    software: [element('avdec_mpeg4', ONE_THREAD)],
    isNvidia: false,
  },
  {
    caps: 'video/x-msmpeg, msmpegversion=(int)43; video/x-divx, divxversion=(int)3',
    parser: null,
    software: [element('avdec_msmpeg4')],
    isNvidia: false,
  },
  {
    caps: 'video/x-msmpeg, msmpegversion=(int)42',
    parser: null,
    software: [element('avdec_msmpeg4v2')],
    isNvidia: false,
  },
]

/** On Jetson: `nvidia-l4t-gstreamer` brings both. */
const NVIDIA_DECODER = element('nvv4l2decoder')
const NVIDIA_CONVERTER = element('nvvidconv')
/** What the scaler takes with one copy out of the decoder's memory. */
const TO_MEMORY = element('capsfilter', { caps: 'video/x-raw, format=(string)NV12' })
/** As a viewer would see it: recordings say how they are to be turned. */
const TURN = element('videoflip', { method: 'automatic' })

/** Every element that a graph may name, to ask once which of them are installed. */
export function knownElements(): string[] {
  const codecs = CODECS.flatMap(({ parser, rtp, software }) => [
    ...(parser ? [parser] : []),
    ...(rtp ? [rtp.depayloader] : []),
    ...software.map(({ factory }) => factory),
  ])
  const rest = ['rtspsrc', 'v4l2src', 'nvarguscamerasrc', 'filesrc', 'videoflip', 'capsfilter', 'appsink']
  return [
    ...new Set([
      ...codecs,
      ...Object.values(DEMUXERS),
      ...rest,
      NVIDIA_DECODER.factory,
      NVIDIA_CONVERTER.factory,
    ]),
  ]
}

/** Paths worth trying with what is installed, best first. */
export function gstPaths(installed: ReadonlySet<string>): GstPath[] {
  const hasNvidia = [NVIDIA_DECODER, NVIDIA_CONVERTER].every(({ factory }) => installed.has(factory))
  return [...(hasNvidia ? (['nvidia'] as const) : []), 'software']
}

export interface GraphOptions {
  source: Pick<OpenSourceOptions, 'uri' | 'kind'>
  /** FFmpeg's name of a file's container, as `sniff-media` gives it; `rtsp` or `camera` otherwise. */
  format: string
  path: GstPath
  installed: ReadonlySet<string>
}

/** @returns null when the container has no demuxer here. */
export function captureGraph({ source, format, path, installed }: GraphOptions): GstGraph | null {
  const tail = path === 'nvidia' ? [NVIDIA_CONVERTER, TO_MEMORY, TURN] : [TURN]
  if (source.kind === 'camera') return { source: cameraElements(source.uri), branches: [], tail }
  const isRtsp = source.kind === 'rtsp'
  const demuxer = DEMUXERS[format]
  if (!isRtsp && demuxer === undefined) return null
  const branches = CODECS.flatMap((codec) => branchOf(codec, { isRtsp, path, installed }) ?? [])
  return {
    source: isRtsp
      ? [rtspElement(source.uri)]
      : [element('filesrc', { location: source.uri }), element(demuxer as string)],
    branches,
    tail,
  }
}

function rtspElement(location: string): GstElement {
  return element('rtspsrc', {
    location,
    protocols: 'tcp',
    latency: String(RTSP_LATENCY_MS),
    'tcp-timeout': String(RTSP_CONNECT_TIMEOUT_US),
  })
}

/** A sensor on the board gives pictures in the GPU's memory, every other camera in the CPU's. */
function cameraElements(uri: string): GstElement[] {
  const sensor = /^csi:\/\/([0-9])$/.exec(uri)?.[1]
  if (sensor === undefined)
    return [element('v4l2src', { device: uri }), element('capsfilter', { caps: 'video/x-raw' })]
  const caps = 'video/x-raw(memory:NVMM), format=(string)NV12'
  return [
    element('nvarguscamerasrc', { 'sensor-id': sensor }),
    element('capsfilter', { caps }),
    NVIDIA_CONVERTER,
    TO_MEMORY,
  ]
}

function branchOf(
  codec: Codec,
  { isRtsp, path, installed }: { isRtsp: boolean; path: GstPath; installed: ReadonlySet<string> },
): GstBranch | null {
  if (isRtsp && !codec.rtp) return null
  const decoder =
    path === 'nvidia' && codec.isNvidia
      ? NVIDIA_DECODER
      : codec.software.find(({ factory }) => installed.has(factory))
  if (!decoder) return null
  const elements = [
    ...(isRtsp && codec.rtp ? [element(codec.rtp.depayloader)] : []),
    ...(codec.parser === null ? [] : [element(codec.parser)]),
    decoder,
  ]
  if (!elements.every(({ factory }) => installed.has(factory))) return null
  const caps = isRtsp
    ? `application/x-rtp, media=(string)video, encoding-name=(string)${codec.rtp?.encoding}`
    : codec.caps
  return { caps, elements }
}
