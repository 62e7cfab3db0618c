#!/usr/bin/env node
// `fleet`, the operator's command line: results on stdout, everything else on stderr.
import { runFleet } from './run-fleet.ts'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

process.exitCode = await runFleet(process.argv.slice(2), {
  env: process.env,
  terminal: { result: (line) => console.log(line), note: (line) => console.error(line) },
  signal: interrupted.signal,
})
