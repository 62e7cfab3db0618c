// Where a pack comes from, as a person writes it, in; a reader of its files out: a folder, a web address or a hub.
// A hub's token goes to the hub alone: never into an address, a message or another host.
import { createReadStream } from 'node:fs'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { MANIFEST_FILE } from './verify-pack.ts'

export interface PackOrigin {
  /** For messages; holds no secret. */
  readonly description: string
  /**
   * Bytes of one file; `path` is inside the pack and was checked.
   * @throws FleetError NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE saying what the origin answered.
   */
  read(path: string, signal?: AbortSignal): Promise<Readable>
}

export interface HubAccess {
  /** Base address of the hub, e.g. that of the environment variable HF_ENDPOINT. */
  endpoint: string
  /** HF_TOKEN; needed for private and gated packs. */
  token?: string | undefined
}

const DEFAULT_HUB = 'https://huggingface.co'
/** `hf:owner/name`, optionally `@revision` and `:folder/inside`. */
const HUB_FORM = /^hf:(\w[\w.-]*\/\w[\w.-]*)(?:@(\w[\w.-]*))?(?::(\w[\w.-]*(?:\/\w[\w.-]*)*))?$/

export function hubAccessFromEnv(env: Record<string, string | undefined>): HubAccess {
  return { endpoint: env['HF_ENDPOINT'] ?? DEFAULT_HUB, token: env['HF_TOKEN'] }
}

/** @throws FleetError INVALID_INPUT for what is none of the three forms. */
export function parseOrigin(written: string, hub: HubAccess): PackOrigin {
  if (written.startsWith('hf:')) return hubOrigin(written, hub)
  if (/^https?:\/\//.test(written)) return webOrigin(written)
  if (/^[a-z][a-z0-9+.-]+:/i.test(written)) throw notAnOrigin(written)
  const dir = resolve(written)
  return {
    description: dir,
    read: (path) => opened(createReadStream(join(dir, path)), `${dir}/${path}`),
  }
}

function webOrigin(written: string): PackOrigin {
  const manifestUrl = new URL(written)
  if (!manifestUrl.pathname.endsWith(`/${MANIFEST_FILE}`)) throw notAnOrigin(written)
  const { username, password, search } = manifestUrl
  manifestUrl.username = manifestUrl.password = manifestUrl.search = ''
  const headers: Record<string, string> = {}
  if (username !== '') {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`
  }
  return {
    description: manifestUrl.href,
    read: (path, signal) => {
      const url = new URL(path, manifestUrl)
      // A signed address may carry its signature in the query.
      url.search = search
      return download(url, headers, signal)
    },
  }
}

function hubOrigin(written: string, { endpoint, token }: HubAccess): PackOrigin {
  const [, repository, revision = 'main', folder] = HUB_FORM.exec(written) ?? []
  if (repository === undefined) throw notAnOrigin(written)
  const prefix = folder === undefined ? '' : `${folder}/`
  const base = new URL(
    `${repository}/resolve/${revision}/${prefix}`,
    endpoint.endsWith('/') ? endpoint : `${endpoint}/`,
  )
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  return { description: written, read: (path, signal) => download(new URL(path, base), headers, signal) }
}

/** Redirects are followed; fetch leaves the authorization behind when one leads to another origin. */
async function download(
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const place = `${url.origin}${url.pathname}`
  const response = await fetch(url, { headers, signal: signal ?? null }).catch((cause: unknown) => {
    if (signal?.aborted) throw new FleetError('CANCELLED', 'the download was cancelled', { cause })
    throw new FleetError('UNAVAILABLE', `${place} cannot be reached`, {
      hint: 'Check the address and the network, or pull the pack from a folder.',
      cause,
    })
  })
  if (response.ok && response.body) {
    if (url.protocol === 'https:' && !response.url.startsWith('https:')) {
      await response.body.cancel()
      throw new FleetError('UNAVAILABLE', `${place} leads to an address without encryption`)
    }
    return Readable.fromWeb(response.body)
  }
  await response.body?.cancel()
  throw refused(response.status, place)
}

function refused(status: number, place: string): FleetError {
  if (status === 401 || status === 403) {
    return new FleetError('UNAUTHENTICATED', `${place} wants a token that may read it (${status})`, {
      hint: 'Set HF_TOKEN to a token with read access, and accept the terms of the model on its page.',
    })
  }
  if (status === 404) {
    return new FleetError('NOT_FOUND', `${place} is not there`, {
      hint: 'Check the address and the revision.',
    })
  }
  return new FleetError('UNAVAILABLE', `${place} answered ${status}`, { hint: 'Try again later.' })
}

async function opened(stream: ReturnType<typeof createReadStream>, place: string): Promise<Readable> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Readable>()
  stream.once('open', () => done(stream))
  stream.once('error', (cause) =>
    reject(
      new FleetError('NOT_FOUND', `${place} cannot be read`, {
        hint: `Give the folder that holds ${MANIFEST_FILE}.`,
        cause,
      }),
    ),
  )
  return promise
}

function notAnOrigin(written: string): FleetError {
  const shown = written.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '')
  return new FleetError('INVALID_INPUT', `${shown} is not a place that a pack can come from`, {
    hint: `Give a folder, an address that ends in /${MANIFEST_FILE}, or hf:owner/name[@revision][:folder].`,
  })
}
