// Cuts a migration into its statements, for databases that take one at a time: at semicolons outside of strings,
// dollar quotes and comments. Comments are dropped.

const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|;|[^]/g

export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let current = ''
  for (const [token] of sql.matchAll(TOKEN)) {
    if (token.startsWith('--') || token.startsWith('/*')) continue
    if (token !== ';') {
      current += token
      continue
    }
    statements.push(current.trim())
    current = ''
  }
  statements.push(current.trim())
  return statements.filter((statement) => statement !== '')
}
