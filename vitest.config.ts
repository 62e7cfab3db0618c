// Which tests are of which project, and what each project allows them. Projects run one after the other, in this
// order, so that a browser does not wait behind compilers; the suffix of a test says what it needs to run.
import { defineConfig } from 'vitest/config'

/** What every project shares: our packages are read from their sources, never from a stale build. */
const fromSource = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
}

/** Worker threads and child processes that a test starts resolve our packages the same way. */
const execArgv = ['--conditions=source']

/** vitest would keep one core for itself, which on two cores halves the speed. */
const ALL_CORES = '100%'

/**
 * Milliseconds that ends what hangs and nothing else: a test takes seconds, on a slow machine under load ten times that.
 * What a test waits for has a deadline of its own below this, which says what did not come.
 */
const HANG_MS = 120_000
/**
 * Milliseconds until `expect.poll`, and the end of a worker, are given up: vitest's own second, and its ten, are less
 * than a busy machine may need.
 */
const GIVE_UP_MS = 60_000
/** Milliseconds for a browser test: it starts a whole fleet and a console first. */
const BROWSER_HANG_MS = 240_000

const patience = { testTimeout: HANG_MS, hookTimeout: HANG_MS, expect: { poll: { timeout: GIVE_UP_MS } } }

export default defineConfig({
  test: {
    teardownTimeout: GIVE_UP_MS,
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          sequence: { groupOrder: 1 },
          maxWorkers: ALL_CORES,
          include: ['packages/*/src/**/*.test.ts', 'packages/console/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            '**/dist/**',
            '**/.next/**',
            '**/*.pg.test.ts',
            '**/*.mqtt.test.ts',
          ],
          pool: 'forks',
          execArgv,
          ...patience,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'services',
          sequence: { groupOrder: 2 },
          maxWorkers: ALL_CORES,
          include: ['packages/*/src/**/*.pg.test.ts', 'packages/*/src/**/*.mqtt.test.ts'],
          pool: 'forks',
          execArgv,
          ...patience,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'e2e',
          sequence: { groupOrder: 3 },
          include: ['packages/*/**/*.e2e.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
          pool: 'forks',
          execArgv,
          fileParallelism: false,
          ...patience,
          testTimeout: BROWSER_HANG_MS,
          hookTimeout: BROWSER_HANG_MS,
        },
      },
    ],
  },
})
