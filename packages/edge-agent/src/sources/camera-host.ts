// Where a stream's address may lead: its host is resolved once, judged, and pinned, so that a name which changes its
// mind between the check and the connection gains nothing (requirement S16).
import { lookup as systemLookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface CameraHostRules {
  /** Cameras behind a tunnel or a relay on the device itself. */
  allowLoopback: boolean
  /** Cameras are private as a rule; false on a device that only watches public streams. */
  allowPrivate: boolean
}

export const DEFAULT_CAMERA_HOST_RULES: CameraHostRules = { allowLoopback: true, allowPrivate: true }

export type LookupHost = (host: string) => Promise<{ address: string; family: number }[]>

/** Never a camera: clouds answer with credentials there, the rest is no single host. */
const NEVER = blockList(
  ['0.0.0.0/8', '169.254.0.0/16', '100.100.100.200/32', '192.0.0.192/32', '224.0.0.0/4', '240.0.0.0/4'],
  ['::/128', 'fe80::/10', 'fd00:ec2::254/128', 'ff00::/8'],
)
const LOOPBACK = blockList(['127.0.0.0/8'], ['::1/128'])
const PRIVATE = blockList(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], ['fc00::/7'])

/**
 * The same address with the host's IP in place of its name.
 * @throws FleetError FORBIDDEN for a place that is not allowed, SOURCE_UNAVAILABLE when the name is unknown.
 */
export async function pinCameraHost(
  url: string,
  rules: CameraHostRules = DEFAULT_CAMERA_HOST_RULES,
  lookup: LookupHost = (host) => systemLookup(host, { all: true }),
): Promise<string> {
  const { hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const addresses = await lookup(host).catch((cause: unknown) => {
    throw new FleetError('SOURCE_UNAVAILABLE', 'the name of the camera is not known here', {
      hint: 'Check the name in the address, or give the IP address.',
      cause,
    })
  })
  const forbidden = addresses.find(({ address }) => isForbidden(address, rules))
  const [first] = addresses
  if (forbidden || !first) {
    throw new FleetError('FORBIDDEN', 'the address of the stream leads where no camera may be', {
      hint: 'Link-local, metadata and multicast addresses are refused; loopback and private ones by configuration.',
    })
  }
  const pinned = first.family === 6 ? `[${first.address}]` : first.address
  // By text: setting the host of a URL with another scheme than http is not allowed to change its form.
  return url.replace(
    /^(rtsps?:\/\/(?:[^/?#]*@)?)(?:\[[^\]]*\]|[^/:?#]+)/i,
    (_, before: string) => before + pinned,
  )
}

function isForbidden(address: string, rules: CameraHostRules): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (NEVER.check(address, family)) return true
  if (!rules.allowLoopback && LOOPBACK.check(address, family)) return true
  return !rules.allowPrivate && PRIVATE.check(address, family)
}

function blockList(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList()
  for (const [subnets, family] of [
    [v4, 'ipv4'],
    [v6, 'ipv6'],
  ] as const) {
    for (const subnet of subnets) {
      const [net = '', prefix = ''] = subnet.split('/')
      list.addSubnet(net, Number(prefix), family)
    }
  }
  return list
}
