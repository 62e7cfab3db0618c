'use client'
// The reader's zone and the present moment: the server's guess first, so that its page is the browser's first page.
import { createContext, useContext, useEffect, useSyncExternalStore, type ReactNode } from 'react'
import { remember, ZONE_COOKIE } from '../lib/preferences.ts'
import { SECOND_MS } from '../lib/time.ts'

interface ServerClock {
  zone: string
  nowMs: number
}

const ServerClockContext = createContext<ServerClock>({ zone: 'UTC', nowMs: 0 })

export function ClockProvider({ zone, nowMs, children }: ServerClock & { children: ReactNode }) {
  useEffect(() => {
    const own = browserZone()
    if (own !== zone) remember(ZONE_COOKIE, own)
  }, [zone])
  return <ServerClockContext value={{ zone, nowMs }}>{children}</ServerClockContext>
}

const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
const never = (): (() => void) => () => undefined

export function useZone(): string {
  const server = useContext(ServerClockContext)
  return useSyncExternalStore(never, browserZone, () => server.zone)
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One timer for everything on the page that ages. */
function eachSecond(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const one of listeners) one()
  }, SECOND_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The present, in whole seconds. */
export function useNow(): number {
  const server = useContext(ServerClockContext)
  return useSyncExternalStore(
    eachSecond,
    () => Math.floor(Date.now() / SECOND_MS) * SECOND_MS,
    () => server.nowMs,
  )
}
