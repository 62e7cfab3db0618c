'use client'
// A question in, its answer as it grows out: the centre first, then each device that is asked live.
import { useCallback, useEffect, useReducer, useState } from 'react'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import { useTRPCClient } from '../../../trpc/client.tsx'
import { readFailure, type Failure } from '../../../trpc/failure.ts'
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
    const subscription = client.search.stream.subscribe(
      { ...ask, limit: PAGE_SIZE },
      {
        onData: (event) => {
          setFailure(null)
          step({ type: 'heard', event })
        },
        onConnectionStateChange: ({ state, error }) => {
          // The stream tries again by itself; the reader still wants to know.
          if (state === 'connecting' && error) setFailure(readFailure(error))
        },
        onError: (error) => {
          const read = readFailure(error)
          setFailure(read)
          if (read.mayPass) again = setTimeout(() => setAttempt((before) => before + 1), ASK_AGAIN_MS)
        },
      },
    )
    return () => {
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
