'use client'
// A question in, its answer as it grows out: the centre first, then each device that is asked live.
import { useCallback, useEffect, useReducer, useState } from 'react'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import { useTRPCClient } from '../../../trpc/client.tsx'
import { readFailure, type Failure } from '../../../trpc/failure.ts'
import { streamFailure } from '../../../trpc/stream-failure.ts'
import type { Ref } from '../question.ts'
import { nextAnswer, NO_ANSWER, type Answer } from './answer.ts'

/** One page of results: a few screens full. */
const PAGE_SIZE = 60
/** Milliseconds before a question that broke off is asked anew. */
const ASK_AGAIN_MS = 3_000

export interface Ask {
  q?: string
  similarTo?: Ref
  filters: SearchFilters
}

export interface UseAnswer {
  answer: Answer
  failure: Failure | null
  isLoadingMore: boolean
  showHeld: () => void
  loadMore: () => void
  askAgain: () => void
}

/** `ask` must keep its identity while the question is the same. */
export function useAnswer(ask: Ask): UseAnswer {
  const client = useTRPCClient()
  const [answer, step] = useReducer(nextAnswer, NO_ANSWER)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isLoadingMore, setLoadingMore] = useState(false)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    step({ type: 'asked' })
    let again: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    let heard = 0
    const broke = async (thrown: unknown, isFinal: boolean): Promise<void> => {
      const heardBefore = heard
      const reason = await streamFailure(client, thrown)
      // Meanwhile left, or linked again.
      if (isOver || heard !== heardBefore) return
      setFailure(reason)
      if (isFinal && reason.mayPass)
        again = setTimeout(() => setAttempt((before) => before + 1), ASK_AGAIN_MS)
    }
    const subscription = client.search.stream.subscribe(
      { ...ask, limit: PAGE_SIZE },
      {
        onData: (event) => {
          heard += 1
          setFailure(null)
          step({ type: 'heard', event })
        },
        onConnectionStateChange: ({ state, error }) => {
          // The stream tries again by itself; the reader still wants to know.
          if (state === 'connecting' && error) void broke(error, false)
        },
        onError: (error) => void broke(error, true),
      },
    )
    return () => {
      isOver = true
      clearTimeout(again)
      subscription.unsubscribe()
    }
  }, [client, ask, attempt])

  const { nextCursor } = answer
  const loadMore = useCallback(() => {
    if (nextCursor === null) return
    setLoadingMore(true)
    client.search.find
      .query({ ...ask, limit: PAGE_SIZE, cursor: nextCursor })
      .then((output) => step({ type: 'page', output }))
      .catch((thrown: unknown) => setFailure(readFailure(thrown)))
      .finally(() => setLoadingMore(false))
  }, [client, ask, nextCursor])

  return {
    answer,
    failure,
    isLoadingMore,
    showHeld: useCallback(() => step({ type: 'wanted' }), []),
    loadMore,
    askAgain: useCallback(() => setAttempt((before) => before + 1), []),
  }
}
