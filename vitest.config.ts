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

export default defineConfig({
  test: {
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
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
          testTimeout: 60_000,
          hookTimeout: 90_000,
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
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
