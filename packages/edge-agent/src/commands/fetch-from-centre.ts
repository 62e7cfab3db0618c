// Fetches a path of the centre with this device's own credentials; nothing from anywhere else.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface CentreAccess {
  centreUrl: string | null
  credentials: () => { username: string; password: string } | null
}

/** @throws FleetError CONFIG_INVALID without a centre, FORBIDDEN for an address that is not the centre's. */
export async function fetchFromCentre(
  { centreUrl, credentials }: CentreAccess,
  path: string,
  signal: AbortSignal,
): Promise<Response> {
  if (centreUrl === null) {
    throw new FleetError('CONFIG_INVALID', 'this device does not know the address of its centre', {
      hint: 'Set FLEET_CENTRE_URL.',
    })
  }
  const url = new URL(path, centreUrl)
  if (url.origin !== new URL(centreUrl).origin)
    throw new FleetError('FORBIDDEN', 'an upload may only come from the centre')
  const own = credentials()
  const basic = own && Buffer.from(`${own.username}:${own.password}`).toString('base64')
  return fetch(url, {
    signal,
    redirect: 'error',
    headers: basic === null ? {} : { authorization: `Basic ${basic}` },
  })
}
