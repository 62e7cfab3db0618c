// Keeps several pieces of work in flight and hands out their results in the order of the pieces: detectors work in
// parallel, trackers need time to go forward.

/**
 * @param inFlightMax pieces that are worked on at once, the oldest unread result included
 * @throws what `source` or `work` throws, after the results before it
 */
export async function* inOrder<In, Out>(
  source: AsyncIterable<In>,
  work: (piece: In) => Promise<Out>,
  inFlightMax: number,
): AsyncGenerator<Out, void, void> {
  const inFlight: Promise<Out>[] = []
  for await (const piece of source) {
    const result = work(piece)
    // It is awaited in its turn; until then a failure must not count as unhandled.
    result.catch(() => undefined)
    inFlight.push(result)
    if (inFlight.length >= inFlightMax) yield await (inFlight.shift() as Promise<Out>)
  }
  for (const result of inFlight) yield await result
}
