// Closes a test run: the counts of vitest's JSON report as one plain line, `N passed, N failed`, alone on the last line.
// Exits 1 when there is no report, nothing ran, or a file could not even be loaded.
import { readFileSync } from 'node:fs'
import type { JsonTestResults } from 'vitest/node'

const [path = ''] = process.argv.slice(2)
const { numPassedTests, numFailedTests, testResults } = JSON.parse(
  readFileSync(path, 'utf8'),
) as JsonTestResults
// A file that fails before its first test has no test to count, and must not look like nothing.
const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
for (const file of unloaded) console.log(`could not be loaded: ${file.name}`)
const failed = numFailedTests + unloaded.length
console.log(`${numPassedTests} passed, ${failed} failed`)
process.exitCode = failed > 0 || numPassedTests === 0 ? 1 : 0
