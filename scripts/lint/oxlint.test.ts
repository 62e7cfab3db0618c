// Proves the linter's configuration: each rule we rely on finds a planted violation where it applies, and only there.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname
const AGENT = 'packages/edge-agent/src'

/** Path, text, and the rule that must find it; undefined where it must be allowed. */
const PLANTED: readonly [path: string, text: string, rule: string | undefined][] = [
  [`${AGENT}/sync/any.ts`, 'export const x: any = 1', 'typescript(no-explicit-any)'],
  [
    `${AGENT}/sync/non-null.ts`,
    'export const f = (x?: string): string => x!',
    'typescript(no-non-null-assertion)',
  ],
  [
    `${AGENT}/sync/floating.ts`,
    'const f = async (): Promise<void> => undefined\nf()',
    'typescript(no-floating-promises)',
  ],
  [
    `${AGENT}/sync/misused.ts`,
    'export const f = (p: Promise<boolean>): number => { if (p) return 1; return 2 }',
    'typescript(no-misused-promises)',
  ],
  [`${AGENT}/sync/default.ts`, 'export default 1', 'import(no-default-export)'],
  ['packages/console/app/page.tsx', 'export default function Page(): null { return null }', undefined],
  [
    `${AGENT}/sync/one.ts`,
    `import { two } from './two.ts'\nexport const one = (): number => two()`,
    'import(no-cycle)',
  ],
  [
    `${AGENT}/sync/two.ts`,
    `import { one } from './one.ts'\nexport const two = (): number => one()`,
    'import(no-cycle)',
  ],
  [`${AGENT}/sync/print.ts`, 'console.log(1)', 'eslint(no-console)'],
  ['packages/fleet-cli/src/print.ts', 'console.log(1)', undefined],
  [`${AGENT}/sync/long.ts`, '// line\nexport {}\n'.repeat(201), 'eslint(max-lines)'],
  [`${AGENT}/sync/now.ts`, 'export const now = (): number => Date.now()', 'eslint(no-restricted-properties)'],
  [
    `${AGENT}/sync/random.ts`,
    'export const x = (): number => Math.random()',
    'eslint(no-restricted-properties)',
  ],
  [
    `${AGENT}/sync/uuid.ts`,
    'export const x = (): string => crypto.randomUUID()',
    'eslint(no-restricted-properties)',
  ],
  [`${AGENT}/sync/timer.ts`, 'setTimeout(() => undefined, 1)', 'eslint(no-restricted-globals)'],
  [
    'packages/aggregator/src/ingest/interval.ts',
    'setInterval(() => undefined, 1)',
    'eslint(no-restricted-globals)',
  ],
  ['packages/shared/src/time/clock.ts', 'export const now = (): number => Date.now()', undefined],
  [`${AGENT}/main.ts`, 'setTimeout(() => undefined, Date.now())', undefined],
  [
    `${AGENT}/sync/focused.test.ts`,
    `import { expect, it } from 'vitest'\nit.only('a', () => expect(1).toBe(1))`,
    'vitest(no-focused-tests)',
  ],
  [
    `${AGENT}/sync/disabled.test.ts`,
    `import { expect, it } from 'vitest'\nit.skip('a', () => expect(1).toBe(1))`,
    'vitest(no-disabled-tests)',
  ],
  [`${AGENT}/sync/barrel.ts`, `export * from './any.ts'`, 'oxc(no-barrel-file)'],
]

interface Diagnostic {
  code: string
  filename: string
}

describe('.oxlintrc.json', () => {
  let dir: string
  const found = new Map<string, string[]>()

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sam3-fleet-oxlint-'))
    for (const [path, text] of PLANTED) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), `${text}\n`)
    }
    await copyFile(join(ROOT, '.oxlintrc.json'), join(dir, '.oxlintrc.json'))
    await copyFile(join(ROOT, 'tsconfig.base.json'), join(dir, 'tsconfig.json'))
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    for (const { code, filename } of await oxlint(dir))
      found.set(filename, [...(found.get(filename) ?? []), code])
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  it.each(PLANTED.filter(([, , rule]) => rule !== undefined))('%s: %s: %s', (path, _text, rule) => {
    expect(found.get(path)).toContain(rule)
  })

  it.each(PLANTED.filter(([, , rule]) => rule === undefined))('allows in %s: %s', (path) => {
    expect(found.get(path)).toBeUndefined()
  })
})

function oxlint(cwd: string): Promise<Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const program = join(ROOT, 'node_modules/.bin/oxlint')
    execFile(
      program,
      ['--type-aware', '--format', 'json', '.'],
      { cwd, maxBuffer: 32e6 },
      (error, stdout, stderr) => {
        try {
          resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics)
        } catch (cause) {
          reject(
            new Error(
              `oxlint did not answer with JSON: ${stdout.slice(0, 500)}${stderr}${error?.message ?? ''}`,
              { cause },
            ),
          )
        }
      },
    )
  })
}
