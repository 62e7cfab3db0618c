// The first bytes of a file in, what it is out: by content, never by name. Containers that can refer to other
// files (playlists, manifests, scripts) are not among them.

/** Bytes that are enough to tell every accepted format. */
export const SNIFF_BYTES = 64

/** Content type, or null for anything that is not an accepted video or image. */
export function sniffMedia(head: Uint8Array): string | null {
  // Node's latin1 keeps every byte; the one of TextDecoder is windows-1252.
  const text = Buffer.from(head.subarray(0, SNIFF_BYTES)).toString('latin1')
  if (text.startsWith('RIFF')) {
    const form = text.slice(8, 12)
    return form === 'AVI ' ? 'video/x-msvideo' : form === 'WEBP' ? 'image/webp' : null
  }
  if (text.slice(4, 8) === 'ftyp') return isoMedia(text.slice(8, 12))
  if (text.startsWith('\x1aE\xdf\xa3'))
    return text.includes('webm') ? 'video/webm' : text.includes('matroska') ? 'video/x-matroska' : null
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('\x00\x00\x01\xba') || text.startsWith('\x00\x00\x01\xb3')) return 'video/mpeg'
  if (text.startsWith('FLV\x01')) return 'video/x-flv'
  return null
}

/** ISO base media: the brand says whether it is a film or a still (ISO/IEC 14496-12, brands of the MP4 registry). */
function isoMedia(brand: string): string {
  if (brand === 'qt  ') return 'video/quicktime'
  if (brand === 'avif') return 'image/avif'
  if (['heic', 'heix', 'mif1', 'msf1'].includes(brand)) return 'image/heic'
  return 'video/mp4'
}
