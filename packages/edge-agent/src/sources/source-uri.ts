// What a person wrote as the address of a source in, its kind and parts out; and the same address without secrets.
// Only the kinds named here exist: there is no way to name a program, a filter or another protocol (requirement S16).
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export type SourceAddress =
  | { kind: 'file'; path: string }
  | { kind: 'folder'; path: string }
  | { kind: 'rtsp'; url: string }
  | { kind: 'camera'; device: string }

const RTSP_SCHEMES = new Set(['rtsp:', 'rtsps:'])
/** `/dev/video0` to `/dev/video63`, as Linux numbers them; nothing else of /dev can be named. */
const VIDEO_DEVICE = /^\/dev\/video([0-9]|[1-5][0-9]|6[0-3])$/
const CSI_SENSOR = /^csi:\/\/([0-9])$/
/** A host with or without a port, then the path: no user before it. */
const HOST_FIRST = /^(\[[^\]@]*\]|[^:/?#@]*)(:\d+)?([/?#]|$)/
/** Parameters of a camera's address that carry a secret. */
const SECRET_PARAMETER =
  /([?&;][^=&;#\s]*(?:pass|pwd|token|secret|auth|key|user|login)[^=&;#\s]*=)[^&;#\s]*/gi

/**
 * @throws FleetError INVALID_INPUT naming the accepted forms.
 */
export function parseSourceUri(uri: string): SourceAddress {
  const text = uri.trim()
  if (text.includes('\0')) throw refused('it contains a NUL byte')
  if (text.startsWith('folder:')) return { kind: 'folder', path: localPath(text.slice('folder:'.length)) }
  if (/^rtsps?:/i.test(text)) return { kind: 'rtsp', url: rtspUrl(text) }
  if (text.startsWith('camera://')) return camera(text.slice('camera://'.length))
  if (CSI_SENSOR.test(text)) return { kind: 'camera', device: text }
  return { kind: 'file', path: localPath(text) }
}

/** The address as it may be shown and synced: no user, no password, no secret parameter. Never throws. */
export function redactUri(uri: string): string {
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(uri) ?? []
  if (scheme === '') return uri.replace(SECRET_PARAMETER, '$1***')
  const rest = uri.slice(scheme.length)
  // A password may hold / ? # or @ that nobody encoded: unless a plain host stands first, all up to the last @ goes.
  const end = HOST_FIRST.test(rest) ? -1 : rest.lastIndexOf('@')
  return scheme + rest.slice(end + 1).replace(SECRET_PARAMETER, '$1***')
}

function camera(device: string): SourceAddress {
  if (!VIDEO_DEVICE.test(device)) throw refused('a camera is camera:///dev/video0 and so on')
  return { kind: 'camera', device }
}

function rtspUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !RTSP_SCHEMES.has(url.protocol) || url.hostname === '')
    throw refused('a stream is rtsp://host/path')
  return text
}

function localPath(text: string): string {
  const path = text.startsWith('file://') ? filePath(text) : text
  if (!isAbsolute(path)) throw refused('a path on the device begins with /')
  return path
}

function filePath(text: string): string {
  try {
    return fileURLToPath(text)
  } catch (cause) {
    throw refused('file:// needs an absolute path on this device', cause)
  }
}

function refused(reason: string, cause?: unknown): FleetError {
  return new FleetError('INVALID_INPUT', `this is not the address of a source: ${reason}`, {
    hint: 'Give a path (/videos/door.mp4), folder:/videos, rtsp://camera/stream, camera:///dev/video0 or csi://0.',
    cause,
  })
}
