// What a person reads when a source cannot be read, whatever decodes it; never with the address and its password.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { OpenSourceOptions } from './frame-source.ts'

/** Details of decoders may hold the address with its password, also in a form of their own; a password may hold an @. */
export function withoutAddress({ uri }: Pick<OpenSourceOptions, 'uri'>, detail: string): string {
  return detail.replaceAll(uri, '(source)').replaceAll(/\/\/[^/\s]+@/g, '//')
}

export function sourceFailure(
  options: Pick<OpenSourceOptions, 'uri' | 'kind'>,
  { message, detail }: { message: string; detail: string },
): FleetError {
  const safe = withoutAddress(options, detail)
  if (options.kind === 'file') {
    return new FleetError('UNPROCESSABLE_MEDIA', `the file ${message}: ${safe}`, {
      hint: 'Check that the file plays elsewhere and is not cut short.',
    })
  }
  const what = options.kind === 'rtsp' ? 'stream' : 'camera'
  return new FleetError('SOURCE_UNAVAILABLE', `the ${what} ${message}: ${safe}`, {
    hint:
      options.kind === 'rtsp'
        ? 'Check address, user and password, and that the camera is on; it is tried again.'
        : 'Check that the camera is plugged in and that its driver is loaded.',
  })
}
