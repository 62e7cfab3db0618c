// Keeps the last lines that a child process wrote and tells listeners of each new one.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Enough to explain a failed start; a service that logs for minutes must not fill the test's memory. */
const LINES_KEPT_MAX = 2_000

export interface LineLog {
  follow(stream: Readable): void
  onLine(listener: (line: string) => void): () => void
  lines(): readonly string[]
  text(): string
}

export function createLineLog(): LineLog {
  const kept: string[] = []
  const listeners = new Set<(line: string) => void>()
  return {
    follow(stream) {
      createInterface({ input: stream }).on('line', (line) => {
        kept.push(line)
        if (kept.length > LINES_KEPT_MAX) kept.shift()
        for (const listener of listeners) listener(line)
      })
    },
    onLine(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lines: () => kept,
    text: () => kept.join('\n'),
  }
}
