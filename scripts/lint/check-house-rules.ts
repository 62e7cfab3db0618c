// Checks every file that is or could be committed against the rules that no linter knows; exits 1 on a finding.
// With --write it brings the layer table in ARCHITECTURE.md up to date instead of reporting it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { Finding, HouseFile, HouseRule, HouseRuleOfAll } from './house-rule.ts'
import { LAYER_MARKS, withLayers } from './layer-table.ts'
import { machinePlaces, noSleepInTests } from './rules/committed-text.ts'
import { decisionRecords } from './rules/decision-records.ts'
import { fileNames, fileSize, purposeComment } from './rules/file-form.ts'
import { importDirection } from './rules/import-direction.ts'
import { sqlPlace } from './rules/sql-place.ts'

const RULES: readonly HouseRule[] = [
  importDirection,
  sqlPlace,
  fileSize,
  fileNames,
  purposeComment,
  machinePlaces,
  noSleepInTests,
]
const RULES_OF_ALL: readonly HouseRuleOfAll[] = [decisionRecords]
/** Pictures, models and clips are not read; nor is what a tool writes. */
const NOT_READ =
  /\.(png|jpe?g|webp|gif|ico|woff2?|onnx|bin|mp4|avi|parquet|gz|pdf)$|(^|\/)package-lock\.json$/
const TEXT_MAX_BYTES = 1_000_000
const ARCHITECTURE = 'ARCHITECTURE.md'

function readFiles(): HouseFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  })
  return listed
    .split('\0')
    .filter((path) => path !== '' && !NOT_READ.test(path) && existsSync(path))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= TEXT_MAX_BYTES)
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

function checkLayerTable(write: boolean): Finding[] {
  if (!existsSync(ARCHITECTURE)) return []
  const document = readFileSync(ARCHITECTURE, 'utf8')
  const current = withLayers(document)
  if (current === undefined) {
    return [
      { path: ARCHITECTURE, message: `has no place for the layer table; write these lines:\n${LAYER_MARKS}` },
    ]
  }
  if (current === document) return []
  if (write) {
    writeFileSync(ARCHITECTURE, current)
    return []
  }
  return [
    { path: ARCHITECTURE, message: 'the layer table is old: node scripts/lint/check-house-rules.ts --write' },
  ]
}

const files = readFiles()
const findings = RULES.flatMap((rule) =>
  files.flatMap((file) => rule.check(file).map((finding) => ({ ...finding, rule: rule.name }))),
)
for (const rule of RULES_OF_ALL)
  findings.push(...rule.checkAll(files).map((finding) => ({ ...finding, rule: rule.name })))
for (const finding of checkLayerTable(process.argv.includes('--write')))
  findings.push({ ...finding, rule: 'layer-table' })
for (const { path, line, message, rule } of findings) {
  console.error(`${path}${line === undefined ? '' : `:${line}`}: ${message} [${rule}]`)
}
// The layer table is the one more.
const rules = RULES.length + RULES_OF_ALL.length + 1
console.error(`house rules: ${findings.length} findings in ${files.length} files, ${rules} rules`)
process.exitCode = findings.length === 0 ? 0 : 1
