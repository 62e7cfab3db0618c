// GET /media/{sha256}: a crop by what it holds. The address is the content's hash, so it may be kept for ever.
import type { RequestHandler } from 'express'
import { sha256Schema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Queryable } from '../../database/database.ts'
import { getMedia } from '../../store/media.ts'
import type { Authenticator } from './authenticate.ts'

/** Pictures only: whatever else a device may have sent is never handed to a browser. */
const SERVED_TYPES = new Set(['image/webp', 'image/jpeg', 'image/png'])
const YEAR_S = 31_536_000

export function mediaRoute(db: Queryable, auth: Authenticator): RequestHandler<{ sha256: string }> {
  return async (request, response) => {
    const { tenantId } = auth.authenticate(request)
    const parsed = sha256Schema.safeParse(request.params.sha256)
    const media = parsed.success ? await getMedia(db, { tenantId, sha256: parsed.data }) : null
    if (!media || !SERVED_TYPES.has(media.content_type))
      throw new FleetError('NOT_FOUND', 'the centre holds no picture with this hash')
    response.setHeader('content-type', media.content_type)
    response.setHeader('cache-control', `private, max-age=${YEAR_S}, immutable`)
    response.setHeader('etag', `"${request.params.sha256}"`)
    response.setHeader('content-security-policy', "default-src 'none'; sandbox")
    if (request.headers['if-none-match'] === `"${request.params.sha256}"`) response.status(304).end()
    else response.end(media.content)
  }
}
