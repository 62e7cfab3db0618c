import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createSysfsBoard } from './sysfs-board.ts'

/** As an AGX Orin with JetPack 6 has them, cut to what differs. */
const ORIN = {
  'sys/class/thermal/thermal_zone0/type': 'cpu-thermal',
  'sys/class/thermal/thermal_zone0/temp': '52156',
  'sys/class/thermal/thermal_zone0/trip_point_0_type': 'critical',
  'sys/class/thermal/thermal_zone0/trip_point_0_temp': '104500',
  'sys/class/thermal/thermal_zone0/trip_point_1_type': 'passive',
  'sys/class/thermal/thermal_zone0/trip_point_1_temp': '99000',
  'sys/class/thermal/thermal_zone1/type': 'gpu-thermal',
  'sys/class/thermal/thermal_zone1/temp': '49531',
  'sys/class/thermal/thermal_zone2/type': 'cv0-thermal',
  'sys/class/thermal/thermal_zone2/temp': '-256000',
  'sys/class/thermal/cooling_device0/type': 'pwm-fan',
  'sys/class/hwmon/hwmon3/name': 'ina3221',
  'sys/class/hwmon/hwmon3/in1_label': 'VDD_GPU_SOC',
  'sys/class/hwmon/hwmon3/in1_input': '19104',
  'sys/class/hwmon/hwmon3/curr1_input': '248',
  'sys/class/hwmon/hwmon3/in2_label': 'VDD_CPU_CV',
  'sys/class/hwmon/hwmon3/in2_input': '19104',
  'sys/class/hwmon/hwmon3/curr2_input': '41',
  'sys/class/hwmon/hwmon3/in3_label': 'NC',
  'sys/class/hwmon/hwmon3/in3_input': '0',
  'sys/class/hwmon/hwmon3/curr3_input': '0',
  'sys/class/hwmon/hwmon1/name': 'soctherm_oc',
  'sys/class/hwmon/hwmon1/oc1_event_cnt': '0',
  'sys/class/hwmon/hwmon1/oc3_event_cnt': '2',
  'sys/devices/platform/bus@0/17000000.gpu/load': '873',
  'proc/meminfo': 'MemTotal:       64349212 kB\nMemFree: 1 kB\nMemAvailable:   51234567 kB',
  'proc/stat': 'cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3',
}

async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), `${content}\n`)
  }
}

describe('what the kernel tells of a board', () => {
  test('is read as it stands in /sys and /proc, without sensors that are off and channels that are not connected', async () => {
    await using dir = await createTempDir('sysfs-board')
    await write(dir.path, ORIN)
    const board = createSysfsBoard(dir.path)
    expect(await board.read()).toEqual({
      temperaturesC: { cpu: 52.156, gpu: 49.531 },
      throttleAtC: { cpu: 99 },
      railsMw: { VDD_GPU_SOC: 4_738, VDD_CPU_CV: 783 },
      gpuLoad: 0.873,
      cpuLoad: null,
      memoryBusLoad: null,
      memoryUsedBytes: (64_349_212 - 51_234_567) * 1024,
      memoryTotalBytes: 64_349_212 * 1024,
      overCurrentEvents: 2,
    })
    await write(dir.path, { 'proc/stat': 'cpu  160 0 120 800 120 0 0 0 0 0' })
    // 200 ticks more, 120 of them idle or waiting.
    expect((await board.read()).cpuLoad).toBeCloseTo(0.4)
  })

  test('is the hottest of the zones that share a name, and the first limit that one of them reaches', async () => {
    await using dir = await createTempDir('sysfs-same-names')
    const zone = (n: number, temp: string, trip: string): Record<string, string> => ({
      [`sys/class/thermal/thermal_zone${n}/type`]: 'acpitz',
      [`sys/class/thermal/thermal_zone${n}/temp`]: temp,
      [`sys/class/thermal/thermal_zone${n}/trip_point_0_type`]: 'passive',
      [`sys/class/thermal/thermal_zone${n}/trip_point_0_temp`]: trip,
    })
    await write(dir.path, {
      ...zone(0, '41000', '99000'),
      ...zone(1, '88000', '90000'),
      ...zone(2, '27800', '95000'),
    })
    expect(await createSysfsBoard(dir.path).read()).toMatchObject({
      temperaturesC: { acpitz: 88 },
      throttleAtC: { acpitz: 90 },
    })
  })

  test('is little on a machine that has none of it, and never an error', async () => {
    await using dir = await createTempDir('sysfs-empty')
    const reading = await createSysfsBoard(dir.path).read()
    expect(reading).toMatchObject({ temperaturesC: {}, railsMw: {}, gpuLoad: null, memoryTotalBytes: null })
    const here = await createSysfsBoard().read()
    expect(here.memoryTotalBytes).toBeGreaterThan(100_000_000)
  })
})
