import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EMPTY_READING } from '../sense/board.ts'
import { createMetrics } from './metrics.ts'

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[]
}

test("every question of Grafana's dashboard asks for what a device, or any Node process, measures", () => {
  const path = new URL('../../../../infra/grafana/dashboards/fleet.json', import.meta.url)
  const { panels } = JSON.parse(readFileSync(path, 'utf8')) as Dashboard
  const metrics = createMetrics({
    deviceId: 'device-1',
    readStatus: () => Promise.reject(new Error('not asked')),
    board: { reading: () => EMPTY_READING, governed: () => ({ factor: 1, reason: null }) },
  })
  const measured = new Set(metrics.getMetricsAsArray().map(({ name }) => name))
  expect(panels.length).toBeGreaterThan(10)
  for (const { targets } of panels) {
    for (const { expr } of targets) {
      const asked = expr.match(/\b(fleet|process|nodejs)_\w+/g) ?? []
      expect(asked.length).toBeGreaterThan(0)
      expect(asked.filter((name) => !measured.has(name))).toEqual([])
    }
  }
})
