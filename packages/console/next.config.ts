// How Next builds the console: one standalone folder, headers on every answer, no telemetry of what it is.
import { join } from 'node:path'
import type { NextConfig } from 'next'

const repositoryRoot = join(import.meta.dirname, '..', '..')

/** On every answer, pages and proxied ones alike; the content policy needs a nonce and is set in proxy.ts. */
const HEADERS = [
  { key: 'x-content-type-options', value: 'nosniff' },
  { key: 'x-frame-options', value: 'DENY' },
  { key: 'referrer-policy', value: 'no-referrer' },
  { key: 'cross-origin-opener-policy', value: 'same-origin' },
  { key: 'cross-origin-resource-policy', value: 'same-origin' },
  { key: 'permissions-policy', value: 'camera=(), microphone=(), geolocation=()' },
]

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: repositoryRoot,
  turbopack: { root: repositoryRoot },
  // What is shipped is checked here; tests are checked with everything else by `npm run typecheck`.
  typescript: { tsconfigPath: 'tsconfig.build.json' },
  poweredByHeader: false,
  reactStrictMode: true,
  // Pictures come from the centre as they are; nothing here resizes them.
  images: { unoptimized: true },
  headers: () => Promise.resolve([{ source: '/:path*', headers: HEADERS }]),
}

export default config
