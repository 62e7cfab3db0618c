// The COPY statement for rows in binary form. Names are quoted, so that no column name can be a keyword.

export function copyStatement(table: string, columns: readonly string[], from: string): string {
  return `COPY ${quote(table)} (${columns.map(quote).join(', ')}) FROM ${from} WITH (FORMAT binary)`
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
