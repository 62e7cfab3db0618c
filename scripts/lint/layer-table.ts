// Writes the layers as Markdown between two marks of ARCHITECTURE.md, and tells whether that is still true.
import { FOLDER_LAYERS, PACKAGE_LAYERS } from './layers.ts'

const BEGIN = '<!-- layers: written by `node scripts/lint/check-house-rules.ts --write` -->'
const END = '<!-- /layers -->'

export function layersAsMarkdown(): string {
  const packages = PACKAGE_LAYERS.map((layer) =>
    row([`\`${layer.name}\``, layer.owns, list(layer.mayImport), list(layer.mayImportTypesOf ?? [])]),
  )
  const sections = [
    ['| package | owns | may import | only types of |', '|---|---|---|---|', ...packages].join('\n'),
  ]
  for (const [name, layers] of Object.entries(FOLDER_LAYERS)) {
    const rows = layers.map((layer) =>
      row([`\`${layer.folder}/\``, layer.owns, list(layer.mayImport), list(layer.mayImportTypesOf)]),
    )
    sections.push(
      [`| ${name} | owns | may import | only types of |`, '|---|---|---|---|', ...rows].join('\n'),
    )
  }
  return sections.join('\n\n')
}

/** The document with the current table between its marks; undefined when it has no marks. */
export function withLayers(document: string): string | undefined {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin < 0 || end < begin) return undefined
  return `${document.slice(0, begin)}${BEGIN}\n\n${layersAsMarkdown()}\n\n${document.slice(end)}`
}

export const LAYER_MARKS = `${BEGIN}\n${END}`

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '–' : names.join(', ')
}
