// POST /api/v1/uploads: a person gives a file for one device. GET /api/v1/uploads/{id}: that device fetches it.
import { constants } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { v7 as uuidv7 } from 'uuid'
import { deviceIdSchema, idSchema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Upload } from '@sam3-fleet/shared/fleet/device-jobs'
import type { Queryable } from '../../database/database.ts'
import { listDeviceRows } from '../../store/list-device-rows.ts'
import { getUpload, insertUpload, markUploadFetched } from '../../store/uploads.ts'
import { mayCall } from '../principal.ts'
import type { Authenticator } from './authenticate.ts'
import { storeUpload } from './store-upload.ts'

/** Characters of a file name that are kept; the name is only shown, never used as a path. */
const FILE_NAME_MAX_CHARS = 255

export interface UploadDeps {
  db: Queryable
  auth: Authenticator
  folder: string
  maxBytes: number
  /** Whose credential this is (HTTP Basic: device id and secret), or null when it is nobody's. */
  verifyDevice: (deviceId: string, secret: string) => Promise<{ tenantId: string } | null>
}

export function uploadRoute({ db, auth, folder, maxBytes }: UploadDeps): RequestHandler {
  return async (request, response) => {
    const principal = auth.authenticate(request)
    if (!mayCall(principal.role, 'operator'))
      throw new FleetError('FORBIDDEN', 'uploading needs the role operator')
    const { tenantId } = principal
    const fileName = readFileName(request.header('x-file-name'))
    const deviceId = deviceIdSchema.safeParse(request.header('x-device-id'))
    const [device] = deviceId.success
      ? await listDeviceRows(db, { tenantId, deviceIds: [deviceId.data] })
      : []
    if (!device) throw new FleetError('NOT_FOUND', 'x-device-id names no device that is enrolled here')
    if (Number(request.header('content-length') ?? 0) > maxBytes)
      throw new FleetError('PAYLOAD_TOO_LARGE', `uploads may have at most ${maxBytes} bytes`)

    await mkdir(folder, { recursive: true, mode: 0o700 })
    const uploadId = uuidv7()
    const stored = await storeUpload(request, { folder, name: uploadId, maxBytes })
    const row = { id: uploadId, device_id: device.device_id, file_name: fileName, ...stored }
    try {
      await insertUpload(db, { tenantId, ...row })
    } catch (thrown) {
      await rm(join(folder, uploadId), { force: true })
      throw thrown
    }
    const { contentType, bytes, sha256 } = stored
    const answer: Upload = { uploadId, deviceId: device.device_id, fileName, contentType, bytes, sha256 }
    response.status(201).json(answer)
  }
}

export function fetchUploadRoute(deps: UploadDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const caller = await callerOf(request, deps)
    const id = idSchema.safeParse(request.params.id)
    const upload = id.success ? await getUpload(deps.db, { tenantId: caller.tenantId, id: id.data }) : null
    // Another device's upload is not there at all, so that ids cannot be tried out.
    if (!upload || (caller.deviceId !== null && upload.device_id !== caller.deviceId))
      throw new FleetError('NOT_FOUND', 'no upload with this id was made for this device')

    const file = await open(
      join(deps.folder, basename(upload.path)),
      constants.O_RDONLY | constants.O_NOFOLLOW,
    ).catch((cause: unknown) => {
      throw new FleetError('NOT_FOUND', 'the file of this upload is gone', { cause })
    })
    response.setHeader('content-type', 'application/octet-stream')
    response.setHeader('content-length', upload.bytes)
    response.setHeader('content-disposition', 'attachment')
    response.setHeader('cache-control', 'private, no-store')
    await pipeline(file.createReadStream(), response)
    await markUploadFetched(deps.db, { tenantId: caller.tenantId, id: upload.id })
  }
}

/** A device by its own credential; on an open centre without one, any caller on this machine. */
async function callerOf(
  request: IncomingMessage,
  { auth, verifyDevice }: UploadDeps,
): Promise<{ tenantId: string; deviceId: string | null }> {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (basic === undefined && auth.open)
    return { tenantId: auth.authenticate(request).tenantId, deviceId: null }
  const [deviceId, secret] = splitOnce(Buffer.from(basic ?? '', 'base64').toString('utf8'))
  const device = deviceIdSchema.safeParse(deviceId).success ? await verifyDevice(deviceId, secret) : null
  if (!device)
    throw new FleetError('UNAUTHENTICATED', "this needs the device's own credential", {
      hint: 'Send HTTP Basic with the device id and the secret that enrolment gave.',
    })
  return { tenantId: device.tenantId, deviceId }
}

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf(':')
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}

function readFileName(header: string | undefined): string {
  try {
    // Control characters would garble lists and logs.
    const name = decodeURIComponent(header ?? '').replaceAll(/\p{Cc}/gu, '')
    const last = name.split(/[/\\]/).at(-1)?.trim() ?? ''
    if (last !== '') return last.slice(0, FILE_NAME_MAX_CHARS)
  } catch (cause) {
    throw new FleetError('INVALID_INPUT', 'x-file-name is not URI-encoded', { cause })
  }
  throw new FleetError('INVALID_INPUT', 'x-file-name is missing')
}
