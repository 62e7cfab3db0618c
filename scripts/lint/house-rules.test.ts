// Each house rule proved on a planted violation beside the nearest text that is fine.
import { describe, expect, it } from 'vitest'
import type { HouseRule } from './house-rule.ts'
import { layersAsMarkdown, LAYER_MARKS, withLayers } from './layer-table.ts'
import { machinePlaces, noSleepInTests } from './rules/committed-text.ts'
import { decisionRecords } from './rules/decision-records.ts'
import { fileNames, fileSize, purposeComment } from './rules/file-form.ts'
import { importDirection } from './rules/import-direction.ts'
import { sqlPlace } from './rules/sql-place.ts'

const messages = (rule: HouseRule, path: string, text: string): string[] =>
  rule.check({ path, text }).map((finding) => finding.message)

const EDGE = 'packages/edge-agent/src'
const CENTRE = 'packages/aggregator/src'
const SHARED = '@sam3-fleet/shared/domain/sighting'

describe('import-direction', () => {
  it.each([
    [
      `${EDGE}/detect/onnx-detector.ts`,
      `import { openStore } from '../store/store.ts'`,
      'detect may not import store',
    ],
    [
      `${EDGE}/detect/onnx-detector.ts`,
      `import { rgb } from '../capture/frame.ts'`,
      'only types from capture',
    ],
    [
      `${EDGE}/store/sqlite.ts`,
      `import type { Drain } from '../sync/drainer.ts'`,
      'store may not import sync',
    ],
    [`${EDGE}/store/sqlite.ts`, `export { send } from '../sync/drainer.ts'`, 'store may not import sync'],
    [`${EDGE}/sync/drainer.ts`, `const x = await import('../api/routes.ts')`, 'sync may not import api'],
    [`${EDGE}/api/routes.ts`, `import { startAgent } from '../agent.ts'`, 'agent.ts wires the parts'],
    [`${EDGE}/novel/part.ts`, `import '../store/store.ts'`, 'folder novel of edge-agent is not in'],
    [`${EDGE}/track/a.ts`, `import { x } from './a.test.ts'`, 'product code may not import a test'],
    [
      `${CENTRE}/ingest/apply.ts`,
      `import { find } from '../search/search-service.ts'`,
      'ingest may not import search',
    ],
    [
      `${CENTRE}/search/find.ts`,
      `import { apply } from '../ingest/apply.ts'`,
      'search may not import ingest',
    ],
    [`${CENTRE}/store/rows.ts`, `import { x } from '../../../shared/src/a.ts'`, 'leaves the package'],
    [`${CENTRE}/store/rows.ts`, `import { x } from '@sam3-fleet/aggregator/store/a'`, 'by relative path'],
    [
      'packages/shared/src/a/b.ts',
      `import { x } from '@sam3-fleet/models/pack/pack'`,
      'shared may not import models',
    ],
    [
      'packages/models/src/a/b.ts',
      `import { x } from '@sam3-fleet/edge-agent/store/a'`,
      'models may not import edge-agent',
    ],
    [
      'packages/models/src/a/onnx.ts',
      `import { x } from '@sam3-fleet/trt-native/engine'`,
      'only trt-*.ts may import',
    ],
    [
      'packages/console/trpc/client.ts',
      `import { appRouter } from '@sam3-fleet/aggregator/api/router'`,
      'only types from',
    ],
    [
      'packages/console/ui/button.tsx',
      `import { Search } from '@/features/search/box.tsx'`,
      'ui may not import features',
    ],
    [
      'packages/console/features/a/x.tsx',
      `import { y } from '../b/y.tsx'`,
      'feature a may not import feature b',
    ],
  ])('finds in %s: %s', (path, text, message) => {
    expect(messages(importDirection, path, `${text}\n`)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    [`${EDGE}/detect/onnx-detector.ts`, `import type { Frame } from '../capture/frame.ts'`],
    [`${EDGE}/detect/onnx-detector.ts`, `import { type Frame, type Rgb } from '../capture/frame.ts'`],
    [
      `${EDGE}/detect/onnx-detector.ts`,
      `import { box } from './box.ts'\nimport { Sighting } from '${SHARED}'`,
    ],
    [`${EDGE}/detect/detect.test.ts`, `import { openStore } from '../store/store.ts'`],
    [`${EDGE}/agent.ts`, `import { openStore } from './store/store.ts'`],
    [`${EDGE}/detect/trt-detector.ts`, `import { Engine } from '@sam3-fleet/trt-native/engine'`],
    [`${CENTRE}/store/rows.test.ts`, `import { startPostgres } from '@sam3-fleet/test-kit/postgres'`],
    ['packages/console/trpc/client.ts', `import type { AppRouter } from '@sam3-fleet/aggregator/api/router'`],
    [
      'packages/console/features/a/x.tsx',
      `import { y } from './y.tsx'\nimport { Button } from '@/ui/button.tsx'`,
    ],
  ])('lets %s import: %s', (path, text) => {
    expect(messages(importDirection, path, `${text}\n`)).toEqual([])
  })
})

describe('sql-place', () => {
  const query = 'const rows = db.all(`select id\n from sighting where label = ?`)'
  it('finds SQL and drivers outside the store', () => {
    expect(messages(sqlPlace, `${EDGE}/api/routes.ts`, query)).toEqual(['SQL outside store/ and database/'])
    expect(messages(sqlPlace, `${CENTRE}/search/find.ts`, `run('DELETE FROM sighting')`)).toHaveLength(1)
    expect(messages(sqlPlace, `${EDGE}/jobs/a.ts`, `import Database from 'better-sqlite3'\n`)).toHaveLength(1)
  })
  it('lets the store and plain words be', () => {
    expect(messages(sqlPlace, `${EDGE}/store/sightings.ts`, query)).toEqual([])
    expect(messages(sqlPlace, `${EDGE}/api/routes.ts`, `const hint = 'select one of the sources'`)).toEqual(
      [],
    )
  })
})

describe('decision-records', () => {
  const record = (name: string, heading: string) => ({
    path: `docs/decisions/${name}.md`,
    text: `# ${heading}\n\nText of 0009.\n`,
  })
  const found = (...files: { path: string; text: string }[]): string[] =>
    decisionRecords.checkAll(files).map(({ path, message }) => `${path}: ${message}`)

  it('finds a number that two records have, and names the other', () => {
    expect(found(record('0004-bands', '0004: Bands'), record('0004-shapes', '0004: Shapes'))).toEqual([
      'docs/decisions/0004-shapes.md: 0004 is the number of docs/decisions/0004-bands.md: take the next free one',
    ])
  })
  it('finds a heading of another number or of none, and a name without one', () => {
    expect(found(record('0004-bands', '0005: Bands'))).toEqual([expect.stringContaining('"# 0004"')])
    expect(found(record('0004-bands', 'Bands'))).toEqual([expect.stringContaining('"# 0004"')])
    expect(found(record('0004-bands', '00041: Bands'))).toEqual([expect.stringContaining('"# 0004"')])
    expect(found(record('bands', '0004: Bands'))).toEqual([expect.stringContaining('four digits')])
  })
  it('lets be what is numbered once, with or without a colon, and what is no record', () => {
    const other = { path: 'docs/0004-other.md', text: '# Other\n' }
    expect(found(record('0004-bands', '0004: Bands'), record('0005-shapes', '0005 Shapes'), other)).toEqual(
      [],
    )
  })
})

describe('the form of files', () => {
  it('finds a file of more than 400 lines', () => {
    expect(messages(fileSize, 'scripts/a.ts', 'x\n'.repeat(400))).toEqual([])
    expect(messages(fileSize, 'scripts/a.ts', 'x\n'.repeat(401))).toEqual([
      expect.stringContaining('401 lines'),
    ])
  })
  it.each([
    'utils.ts',
    'store/helpers.ts',
    'store/index.ts',
    'utils/time.ts',
    'store/SightingStore.ts',
    'store/a_b.ts',
  ])('finds the name %s', (name) => expect(messages(fileNames, `${EDGE}/${name}`, '')).toHaveLength(1))
  it.each(['index/faiss-index.ts', 'store/outbox.ts', 'store/outbox.pg.test.ts'])(
    'lets the name %s be',
    (name) => expect(messages(fileNames, `${EDGE}/${name}`, '')).toEqual([]),
  )
  it('finds a file that does not say what it is for', () => {
    expect(messages(purposeComment, `${EDGE}/store/a.ts`, `import 'x'\n`)).toHaveLength(1)
    expect(messages(purposeComment, `${EDGE}/store/a.ts`, `// Keeps things.\nimport 'x'\n`)).toEqual([])
    expect(messages(purposeComment, 'packages/console/ui/a.tsx', `'use client'\n\n// A button.\n`)).toEqual(
      [],
    )
  })
})

describe('machine-places', () => {
  it.each([`cd /${'work'}/main`, `HOME=/${'root'}/.cache`, `"/${'home'}/ann/x"`, `/${'opt'}/node/bin`])(
    'finds %s',
    (text) => {
      expect(messages(machinePlaces, 'scripts/a.sh', text)).toHaveLength(1)
    },
  )
  it('finds the host of a registry', () => {
    expect(messages(machinePlaces, 'docs/a.md', `get https://${'registry'}.example.org/x`)).toHaveLength(1)
  })
  it('lets routes, relative paths and the place of the product be', () => {
    expect(
      messages(machinePlaces, 'docs/a.md', '`packages/work/x`, https://host/root/x, docs/home/x'),
    ).toEqual([])
    expect(messages(machinePlaces, 'infra/jetson.Dockerfile', `WORKDIR /${'opt'}/sam3-fleet`)).toEqual([])
  })
})

describe('no-sleep-in-tests', () => {
  const sleep = `await new Promise((resolve) => ${'setTimeout'}(resolve, 1000))`
  it('finds a wait by guess in a test, and lets product code be', () => {
    expect(messages(noSleepInTests, `${EDGE}/sync/a.test.ts`, sleep)).toHaveLength(1)
    expect(messages(noSleepInTests, 'packages/test-kit/src/wait-until.ts', sleep)).toEqual([])
  })
})

describe('layer-table', () => {
  it('writes the table between the marks, again and again the same, and leaves the rest', () => {
    const once = withLayers(`# Title\n${LAYER_MARKS}\nrest`)
    expect(once).toContain(layersAsMarkdown())
    expect(once).toMatch(/^# Title\n[\s\S]*\nrest$/)
    expect(withLayers(once ?? '')).toBe(once)
    expect(withLayers('# no marks')).toBeUndefined()
  })
})
