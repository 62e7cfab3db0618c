'use client'
// sync.watch in, the newest status with what is known of the link out: a lost link shows itself within seconds.
import { useEffect, useReducer, useState } from 'react'
import type { SyncStatus } from '@sam3-fleet/shared/fleet/sync-view'
import { useTRPCClient } from '../../trpc/client.tsx'
import { readFailure, type Failure } from '../../trpc/failure.ts'
import { streamFailure } from '../../trpc/stream-failure.ts'
import { addPoint, NO_HISTORY, type BacklogHistory } from './backlog-history.ts'

/** As many as the centre gives, those in trouble first. */
const DEVICES_SHOWN = 200
/** Milliseconds before a link that ended for good is made anew: quick to come back, light on a centre that is down. */
const RELINK_MS = 2_000

export interface Heartbeat {
  status: SyncStatus | null
  /** When the newest status came, by this browser's clock. */
  heardAtMs: number | null
  history: BacklogHistory
  /** The link is down and being made again; null while it stands. */
  failure: Failure | null
}

type Step =
  | { type: 'heard'; status: SyncStatus; atMs: number }
  | { type: 'lost'; failure: Failure }
  | { type: 'why'; failure: Failure }
  | { type: 'linked' }

const NOTHING: Heartbeat = { status: null, heardAtMs: null, history: NO_HISTORY, failure: null }

function nextHeartbeat(before: Heartbeat, step: Step): Heartbeat {
  switch (step.type) {
    case 'heard':
      return {
        status: step.status,
        heardAtMs: step.atMs,
        history: addPoint(before.history, step.status, step.atMs),
        failure: null,
      }
    case 'lost':
      return { ...before, failure: step.failure }
    case 'why':
      // It may be linked again by the time that the reason is known.
      return before.failure === null ? before : { ...before, failure: step.failure }
    case 'linked':
      return { ...before, failure: null }
  }
}

export function useHeartbeat(): Heartbeat {
  const client = useTRPCClient()
  const [heartbeat, step] = useReducer(nextHeartbeat, NOTHING)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let relink: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const again = (): void => {
      // Leaving completes the subscription too.
      if (isOver) return
      relink = setTimeout(() => setAttempt((before) => before + 1), RELINK_MS)
    }
    const lose = (error: unknown): void => {
      // At once that it is lost; then why, once that is known.
      step({ type: 'lost', failure: readFailure(error) })
      void streamFailure(client, error).then((failure) => isOver || step({ type: 'why', failure }))
    }
    const subscription = client.sync.watch.subscribe(
      { limit: DEVICES_SHOWN },
      {
        onData: (status) => step({ type: 'heard', status, atMs: Date.now() }),
        onConnectionStateChange: ({ state, error }) => {
          if (state === 'pending') step({ type: 'linked' })
          else if (state === 'connecting' && error) lose(error)
        },
        onError: (error) => {
          lose(error)
          again()
        },
        onComplete: again,
      },
    )
    return () => {
      isOver = true
      clearTimeout(relink)
      subscription.unsubscribe()
    }
  }, [client, attempt])
  return heartbeat
}
