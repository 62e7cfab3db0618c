// Promises in, their values in the order in which they come.
export async function* asSettled<T>(promises: readonly Promise<T>[]): AsyncGenerator<T, void, void> {
  const waiting = new Map(
    promises.map((promise, at) => [at, promise.then((value) => ({ at, value }))] as const),
  )
  while (waiting.size > 0) {
    const { at, value } = await Promise.race(waiting.values())
    waiting.delete(at)
    yield value
  }
}
