// SQL and the drivers of databases stand only in store/ and database/: elsewhere one asks the store by name.
import { isTest, isTypeScript, lineOf, placeOf, type Finding, type HouseRule } from '../house-rule.ts'
import { readImports } from '../read-imports.ts'

const PACKAGES = new Set(['edge-agent', 'aggregator'])
const SQL_FOLDERS = new Set(['store', 'database'])
const DRIVERS = /^(better-sqlite3|node:sqlite|pg|pg-copy-streams|@electric-sql\/pglite.*)$/
const STATEMENT =
  /['"`]\s*(?:select\s[^'"`]*?\sfrom\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s|(?:create|alter|drop)\s+(?:table|index|trigger)\s|pragma\s+\w)/gi

export const sqlPlace: HouseRule = {
  name: 'sql-place',
  check(file) {
    const place = placeOf(file.path)
    if (!place || !PACKAGES.has(place.package) || !isTypeScript(file.path) || isTest(file.path)) return []
    if (SQL_FOLDERS.has(place.folder ?? '')) return []
    const findings: Finding[] = []
    for (const match of file.text.matchAll(STATEMENT)) {
      findings.push({
        path: file.path,
        line: lineOf(file.text, match.index),
        message: 'SQL outside store/ and database/',
      })
    }
    for (const { specifier, line, typeOnly } of readImports(file.text)) {
      if (typeOnly || !DRIVERS.test(specifier)) continue
      findings.push({ path: file.path, line, message: `${specifier} outside store/ and database/` })
    }
    return findings
  },
}
