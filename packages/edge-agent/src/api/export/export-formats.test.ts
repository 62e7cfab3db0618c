import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvCell, exportWriters } from './export-formats.ts'

/** Reads one record of RFC 4180. */
function cellsOf(record: string): string[] {
  const cells = ['']
  let isQuoted = false
  for (let at = 0; at < record.length; at++) {
    const isEscaped = isQuoted && record.startsWith('""', at)
    if (isEscaped) at += 1
    if (record[at] === '"' && !isEscaped) isQuoted = !isQuoted
    else if (record[at] === ',' && !isQuoted) cells.push('')
    else cells.push(`${cells.pop()}${record[at]}`)
  }
  return cells
}

test('a cell of any text stays one cell, and none is a formula for a spreadsheet', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (texts) => {
      const cells = cellsOf(texts.map(csvCell).join(','))
      expect(cells.length).toBe(texts.length)
      texts.forEach((text, n) => {
        const cell = cells[n] ?? ''
        expect(cell).not.toMatch(/^[=+\-@\t\r]/)
        expect([text, `'${text}`]).toContain(cell)
      })
    }),
    { numRuns: 500 },
  )
  expect(csvCell('=HYPERLINK("http://evil")')).toBe(`"'=HYPERLINK(""http://evil"")"`)
  expect([csvCell(null), csvCell(-0.5)]).toEqual(['', '-0.5'])
})

test('an empty page is a valid file in every format', () => {
  const page = { deviceId: 'gate-0001', detections: [], sizeOf: () => ({ width: 1, height: 1 }) }
  expect(exportWriters.ndjson.write(page).byteLength).toBe(0)
  expect(exportWriters.csv.write(page).toString()).toMatch(/^detection_id,.*,x,y,w,h\r\n$/)
  expect(JSON.parse(exportWriters.coco.write(page).toString())).toEqual({
    images: [],
    annotations: [],
    categories: [],
  })
  expect(exportWriters.parquet.write(page).subarray(0, 4).toString()).toBe('PAR1')
})
