import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTegrastats } from './tegrastats.ts'

const sample = (name: string): string =>
  readFileSync(new URL(`./samples/tegrastats-${name}.txt`, import.meta.url), 'utf8').trim()
const MB = 1024 * 1024

describe('a line of tegrastats', () => {
  test('of an Orin with JetPack 6 tells every sensor, rail and load, and cores that are off as idle', () => {
    expect(parseTegrastats(sample('orin-jetpack6'))).toEqual({
      temperaturesC: {
        cpu: 71.343,
        tboard: 45.5,
        soc2: 66.562,
        tdiode: 52.25,
        soc0: 67.031,
        gpu: 69.468,
        tj: 71.343,
        soc1: 66.125,
      },
      railsMw: { VDD_GPU_SOC: 21_472, VDD_CPU_CV: 4_769, VIN_SYS_5V0: 6_459, VDDQ_VDD2_1V8AO: 2_016 },
      gpuLoad: 0.97,
      cpuLoad: (42 + 37 + 12 + 8 + 3 + 1) / 12 / 100,
      memoryBusLoad: 0.18,
      memoryUsedBytes: 13_187 * MB,
      memoryTotalBytes: 62_841 * MB,
    })
  })

  test('of an Orin Nano with JetPack 5 leaves out sensors that are switched off', () => {
    const told = parseTegrastats(sample('orin-nano-jetpack5'))
    expect(told?.temperaturesC).toEqual({ CPU: 43.375, SOC2: 42.218, SOC0: 41.75, tj: 43.375, SOC1: 42.531 })
    expect(told?.railsMw).toEqual({ VDD_IN: 4_524, VDD_CPU_GPU_CV: 491, VDD_SOC: 1_474 })
  })

  test("of a Xavier with JetPack 4 reads rails without a unit, and not the PMIC's constant 100 degrees", () => {
    const told = parseTegrastats(sample('xavier-jetpack4'))
    expect(told?.railsMw).toEqual({ GPU: 155, CPU: 310, SOC: 930, CV: 0, VDDRQ: 155, SYS5V: 1_363 })
    expect(told?.temperaturesC).not.toHaveProperty('PMIC')
    expect(told).toMatchObject({ gpuLoad: 0.12, temperaturesC: { GPU: 33.5, thermal: 32.65 } })
  })

  test('whatever it holds it is read without an error, in no time, and loads stay within 0..1', () => {
    const words = fc.constantFrom(
      'RAM 1/2MB',
      'CPU [',
      ']',
      'gpu@',
      '1C',
      '-256C',
      'GR3D_FREQ 50%',
      'VDD 1mW/2mW',
      ',',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 60 }), (parts) => {
        const told = parseTegrastats(parts.join(' '))
        if (told?.gpuLoad != null) expect(told.gpuLoad).toBeLessThanOrEqual(1)
        for (const c of Object.values(told?.temperaturesC ?? {})) expect(c).toBeGreaterThan(-40)
      }),
    )
    expect(parseTegrastats('tegrastats: command not found')).toBeNull()
  })
})
