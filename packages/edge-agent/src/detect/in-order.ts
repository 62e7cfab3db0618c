// Keeps several pieces of work in flight and hands out their results in the order of the pieces: detectors work in
// parallel, trackers need time to go forward. A result never waits for the next piece to come.

type Event<In, Out> =
  | { is: 'piece'; piece: In }
  | { is: 'end' }
  | { is: 'broken'; error: unknown }
  | { is: 'result'; result: Out }

/**
 * @param inFlightMax pieces that are worked on at once, the oldest unread result included
 * @throws what `source` or `work` throws, after the results before it
 */
export async function* inOrder<In, Out>(
  source: AsyncIterable<In>,
  work: (piece: In) => Promise<Out>,
  inFlightMax: number,
): AsyncGenerator<Out, void, void> {
  const pieces = source[Symbol.asyncIterator]()
  const inFlight: Promise<Out>[] = []
  let next: Promise<Event<In, Out>> | null = null
  let end: Extract<Event<In, Out>, { is: 'end' | 'broken' }> | null = null
  try {
    for (;;) {
      if (end === null && inFlight.length < inFlightMax) next ??= nextOf<In, Out>(pieces)
      const oldest = inFlight[0]?.then((result): Event<In, Out> => ({ is: 'result', result }))
      const waitedFor = [next, oldest].filter((event) => event !== null && event !== undefined)
      if (waitedFor.length === 0) break
      const event = await Promise.race(waitedFor)
      if (event.is === 'result') {
        void inFlight.shift()
        yield event.result
        continue
      }
      next = null
      if (event.is === 'piece') inFlight.push(started(work(event.piece)))
      else end = event
    }
    if (end?.is === 'broken') throw end.error
  } finally {
    // A source that is waiting for its next piece closes when that comes: nobody waits for it here.
    const closing = Promise.resolve(pieces.return?.())
    if (next === null) await closing
    else closing.catch(() => undefined)
  }
}

function nextOf<In, Out>(pieces: AsyncIterator<In>): Promise<Event<In, Out>> {
  return pieces.next().then(
    (next): Event<In, Out> => (next.done ? { is: 'end' } : { is: 'piece', piece: next.value }),
    (error: unknown): Event<In, Out> => ({ is: 'broken', error }),
  )
}

/** It is awaited in its turn; until then a failure must not count as unhandled. */
function started<Out>(result: Promise<Out>): Promise<Out> {
  result.catch(() => undefined)
  return result
}
