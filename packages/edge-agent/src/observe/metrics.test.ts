import { expect, test } from 'vitest'
import { EMPTY_READING, type BoardReading } from '../sense/board.ts'
import { createMetrics } from './metrics.ts'

test('what a board does not tell has no sample, and a rail that is gone leaves none behind', async () => {
  let reading: BoardReading = {
    ...EMPTY_READING,
    gpuLoad: 0.97,
    temperaturesC: { cpu: 71.3 },
    railsMw: { VDD_IN: 4_524, VDD_SOC: 1_474 },
  }
  const metrics = createMetrics({
    deviceId: 'device-1',
    readStatus: () => Promise.reject(new Error('not asked')),
    board: { reading: () => reading, governed: () => ({ factor: 0.7, reason: 'hot' }) },
  })
  const board = async (): Promise<string[]> => {
    const names = [
      'rate_factor',
      'gpu_load_ratio',
      'temperature_celsius',
      'power_milliwatts',
      'cpu_load_ratio',
    ]
    const texts = await Promise.all(
      names.map((name) =>
        metrics.getSingleMetricAsString(
          name === 'rate_factor' ? `fleet_pipeline_${name}` : `fleet_board_${name}`,
        ),
      ),
    )
    return texts
      .join('\n')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/,?device_id="device-1",?/, ''))
  }
  expect(await board()).toEqual([
    'fleet_pipeline_rate_factor{} 0.7',
    'fleet_board_gpu_load_ratio{} 0.97',
    'fleet_board_temperature_celsius{sensor="cpu"} 71.3',
    'fleet_board_power_milliwatts{rail="VDD_IN"} 4524',
    'fleet_board_power_milliwatts{rail="VDD_SOC"} 1474',
  ])
  reading = { ...EMPTY_READING, railsMw: { VDD_IN: 4_000 } }
  expect(await board()).toEqual([
    'fleet_pipeline_rate_factor{} 0.7',
    'fleet_board_power_milliwatts{rail="VDD_IN"} 4000',
  ])
})
