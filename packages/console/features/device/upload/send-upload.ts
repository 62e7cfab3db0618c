// A file on its way to the centre, with how much of it has gone; only XMLHttpRequest tells that in every browser.
import { uploadSchema, type Upload } from '@sam3-fleet/shared/fleet/device-jobs'
import { z } from 'zod'
import { paths } from '../../../lib/paths.ts'
import { ConsoleError } from '../../../trpc/console-error.ts'

export interface SendUploadOptions {
  deviceId: string
  file: File
  onProgress: (share: number) => void
  signal: AbortSignal
}

const refusalSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
})

/** @throws ConsoleError with the reason of the centre; DOMException AbortError when stopped. */
export function sendUpload({ deviceId, file, onProgress, signal }: SendUploadOptions): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', paths.upload())
    request.setRequestHeader('x-device-id', deviceId)
    request.setRequestHeader('x-file-name', encodeURIComponent(file.name))
    request.setRequestHeader('content-type', file.type || 'application/octet-stream')
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => {
      const body = parseJson(request.responseText)
      const upload = uploadSchema.safeParse(body)
      if (request.status === 201 && upload.success) resolve(upload.data)
      else reject(refusal(body, request.status))
    })
    request.addEventListener('error', () => reject(refusal(null, 0)))
    request.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function refusal(body: unknown, status: number): ConsoleError {
  const known = refusalSchema.safeParse(body)
  if (known.success) return new ConsoleError(known.data.error)
  return new ConsoleError({
    code: 'UNREACHABLE',
    message: status === 0 ? 'the connection broke off' : `the console answered with ${status}`,
    hint: 'Nothing was kept of it. See whether the console and the centre run, then try again.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
