// Every address of the console in one place: pages, and what its own origin passes on to the centre.

export const paths = {
  search: () => '/search',
  /** Search opened at one sighting. */
  sighting: (ref: { deviceId: string; sightingId: string }) =>
    `/search?open=${encodeURIComponent(`${ref.deviceId}~${ref.sightingId}`)}`,
  searchDevice: (deviceId: string) => `/search?device=${encodeURIComponent(deviceId)}`,
  fleet: () => '/fleet',
  device: (deviceId: string) => `/fleet/${encodeURIComponent(deviceId)}`,
  sync: () => '/sync',
  login: (to?: string) => (to === undefined ? '/login' : `/login?to=${encodeURIComponent(to)}`),
  trpc: () => '/trpc',
  upload: () => '/api/upload',
  session: () => '/api/session',
} as const

/** Where a login may lead: a path on this origin, never another host. */
export function safeReturnPath(to: string | null | undefined): string {
  if (!to || !/^\/(?![/\\])/.test(to)) return paths.search()
  return to
}
