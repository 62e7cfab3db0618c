// Services that run together and end in order: a group is stopped when all of the groups before it have ended. When
// one service fails, the others are stopped in the same order, and the failure is what the caller sees.

export interface Service {
  /** Works until `signal` fires. */
  run(signal: AbortSignal): Promise<void>
}

export async function runInOrder(
  groups: readonly (readonly Service[])[],
  signal: AbortSignal,
): Promise<void> {
  const stops = groups.map(() => new AbortController())
  const stop = (reason: unknown): void => stops[0]?.abort(reason)
  const failures: unknown[] = []
  const running = groups.map((group, at) =>
    Promise.all(
      group.map(async (service) => {
        try {
          await service.run((stops[at] as AbortController).signal)
        } catch (thrown) {
          failures.push(thrown)
          stop(thrown)
        }
      }),
    ),
  )
  if (signal.aborted) stop(signal.reason)
  signal.addEventListener('abort', () => stop(signal.reason), { once: true })
  for (const [at, group] of running.entries()) {
    await group
    stops[at + 1]?.abort(stops[at]?.signal.reason)
  }
  if (failures.length > 0) throw failures[0]
}
