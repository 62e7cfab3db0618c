// What an address of a source means, what is allowed, and how it looks without its credentials.
import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import type { SourceKind } from '@sam3-fleet/shared/domain/source'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface SourceAddress {
  kind: Exclude<SourceKind, 'upload'>
  /** Path of a file, folder or device node; the whole address of a stream. */
  target: string
}

/** Addresses that no camera has and that cloud machines keep secrets behind (requirement S16). */
const FORBIDDEN_HOSTS = [/^169\.254\./, /^0\./, /^fe80:/i, /^::ffff:169\.254\./i, /^fd00:ec2:/i]

/**
 * Reads `rtsp://`, `rtsps://`, `file:///`, an absolute path, `folder:/path`, `camera:/dev/video0` or `csi://0`.
 * @throws FleetError INVALID_INPUT saying which forms there are.
 */
export function parseSourceUri(uri: string): SourceAddress {
  if (/^rtsps?:\/\//i.test(uri)) return { kind: 'rtsp', target: checkedStream(uri) }
  if (uri.startsWith('folder:'))
    return { kind: 'folder', target: absolutePath(uri.slice('folder:'.length), uri) }
  if (uri.startsWith('camera:')) return { kind: 'camera', target: videoDevice(uri.slice('camera:'.length)) }
  if (/^csi:\/\/\d$/.test(uri)) return { kind: 'camera', target: `/dev/video${uri.at(-1)}` }
  if (uri.startsWith('file://'))
    return { kind: 'file', target: absolutePath(decodeURIComponent(new URL(uri).pathname), uri) }
  return { kind: 'file', target: absolutePath(uri, uri) }
}

/** The address as it may be shown, logged and synced. */
export function redactUri(uri: string): string {
  const withoutUser = uri.replace(/^([a-z]+:\/\/)[^/@\s]*@/i, '$1')
  return withoutUser.replace(/([?&][^=&]*(?:pass|pwd|token|key|auth|user)[^=&]*=)[^&]*/gi, '$1***')
}

function checkedStream(uri: string): string {
  let host: string
  try {
    host = new URL(uri.replace(/^rtsps?/i, 'http')).hostname.replace(/^\[|\]$/g, '')
  } catch (cause) {
    throw new FleetError('INVALID_INPUT', 'the address of the stream cannot be read', {
      hint: 'It looks like rtsp://user:password@192.168.1.20:554/stream.',
      cause,
    })
  }
  const isForbidden = host === '' || (isIP(host) > 0 && FORBIDDEN_HOSTS.some((pattern) => pattern.test(host)))
  if (isForbidden)
    throw new FleetError('INVALID_INPUT', `${host || 'an empty host'} is not the address of a camera`)
  return uri
}

function videoDevice(path: string): string {
  if (/^\/dev\/video\d{1,2}$/.test(path)) return path
  throw new FleetError('INVALID_INPUT', `${path} is not a camera`, {
    hint: 'Cameras are camera:/dev/video0 and the like.',
  })
}

function absolutePath(path: string, uri: string): string {
  if (isAbsolute(path) && !path.includes('\0')) return path
  throw new FleetError('INVALID_INPUT', `"${redactUri(uri)}" is not a source`, {
    hint: 'Give an absolute path on this device, rtsp://host/stream, folder:/path or camera:/dev/video0.',
  })
}
