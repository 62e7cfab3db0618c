// Where a browser goes whose session is over: to the login, and back to where it was.
import { paths } from '../lib/paths.ts'
import type { Failure } from './failure.ts'

export function leaveWhenLoggedOut({ code }: Failure): void {
  if (code !== 'UNAUTHENTICATED') return
  const { pathname, search } = window.location
  if (pathname !== paths.login()) window.location.assign(paths.login(`${pathname}${search}`))
}
