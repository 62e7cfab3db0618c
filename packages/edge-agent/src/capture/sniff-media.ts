// What a file is, told by its first bytes and never by its name: the demuxer is chosen here, so that a playlist or a
// script dressed as a video is refused before a decoder sees it (requirement S15).
import { open } from 'node:fs/promises'

/** Bytes that all checks together look at. */
const HEAD_BYTES = 564
const TS_PACKET_BYTES = 188
const TS_SYNC = 0x47

export type VideoContainer = 'mov' | 'matroska' | 'avi' | 'mpegts'
export type ImageKind = 'jpeg' | 'png' | 'webp' | 'avif'
/** FFmpeg's demuxers of pictures; AVIF is not among them, as its decoder is not everywhere. */
const STILL_DEMUXERS: Readonly<Partial<Record<ImageKind, string>>> = {
  jpeg: 'jpeg_pipe',
  png: 'png_pipe',
  webp: 'webp_pipe',
}
/** What can be worked through, for a person. */
export const ACCEPTED_FILES = 'MP4/MOV, Matroska/WebM, AVI, MPEG-TS, JPEG, PNG and WebP are.'

export type SniffedMedia =
  | { type: 'video'; container: VideoContainer }
  | { type: 'image'; kind: ImageKind }
  | null

/** Reads the head of a file and says what it is; null for everything that is not accepted. */
export async function sniffFile(path: string): Promise<SniffedMedia> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return sniffBytes(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

/** FFmpeg's name of what reads it; null for what cannot be worked through as a recording. */
export function demuxerOf(media: SniffedMedia): string | null {
  if (media === null) return null
  return media.type === 'video' ? media.container : (STILL_DEMUXERS[media.kind] ?? null)
}

/** A picture: a recording of one frame. */
export function isStillDemuxer(name: string): boolean {
  return Object.values(STILL_DEMUXERS).includes(name)
}

export function sniffBytes(head: Uint8Array): SniffedMedia {
  const ascii = (from: number, to: number): string => Buffer.from(head.subarray(from, to)).toString('latin1')
  if (ascii(4, 8) === 'ftyp')
    return ['avif', 'avis'].includes(ascii(8, 12)) ? { type: 'image', kind: 'avif' } : video('mov')
  if (['moov', 'mdat', 'wide', 'free'].includes(ascii(4, 8))) return video('mov')
  if (ascii(0, 4) === '\x1aE\xdf\xa3') return video('matroska')
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'AVI ') return video('avi')
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return { type: 'image', kind: 'webp' }
  if (ascii(0, 3) === '\xff\xd8\xff') return { type: 'image', kind: 'jpeg' }
  if (ascii(0, 8) === '\x89PNG\r\n\x1a\n') return { type: 'image', kind: 'png' }
  const isTransportStream = [0, 1, 2].every((packet) => head[packet * TS_PACKET_BYTES] === TS_SYNC)
  return isTransportStream ? video('mpegts') : null
}

function video(container: VideoContainer): SniffedMedia {
  return { type: 'video', container }
}
