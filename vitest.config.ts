import { defineConfig } from 'vitest/config'

/** What every project shares: our packages are read from their sources, never from a stale build. */
const fromSource = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
}

/** Worker threads and child processes that a test starts resolve our packages the same way. */
const execArgv = ['--conditions=source']

export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'packages/console/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**', '**/*.pg.test.ts', '**/*.mqtt.test.ts'],
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
