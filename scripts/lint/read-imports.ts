// Reads which modules a TypeScript file imports, by its text: TypeScript 7 offers no compiler interface for it.
// Returns specifier, line, and whether only types are taken.
import { lineOf } from './house-rule.ts'

export interface Import {
  specifier: string
  line: number
  typeOnly: boolean
}

const STATIC = /^[ \t]*(?:import|export)\s+(type\s+)?([\w*\s{},$]*?)\s*from\s*['"]([^'"]+)['"]/gm
const BARE = /^[ \t]*import\s*['"]([^'"]+)['"]/gm
/** `import('x')` and `new URL('./x.ts', import.meta.url)` load code; in a type position (`typeof import`) they do not. */
const DYNAMIC = /(typeof\s+)?\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+\.tsx?)['"]/g

export function readImports(text: string): Import[] {
  const found: Import[] = []
  for (const match of text.matchAll(STATIC)) {
    const [, typeKeyword, names = '', specifier = ''] = match
    found.push({
      specifier,
      line: lineOf(text, match.index),
      typeOnly: typeKeyword !== undefined || takesOnlyTypes(names),
    })
  }
  for (const match of text.matchAll(BARE)) {
    found.push({ specifier: match[1] ?? '', line: lineOf(text, match.index), typeOnly: false })
  }
  for (const match of text.matchAll(DYNAMIC)) {
    const specifier = match[2] ?? match[3] ?? ''
    found.push({ specifier, line: lineOf(text, match.index), typeOnly: match[1] !== undefined })
  }
  return found
}

/** `{ type A, type B }`: every name carries the keyword. */
function takesOnlyTypes(names: string): boolean {
  const inner = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1]
  if (inner === undefined) return false
  const parts = inner
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  return parts.length > 0 && parts.every((part) => part.startsWith('type '))
}
