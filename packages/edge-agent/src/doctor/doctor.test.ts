import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { freePort } from '@sam3-fleet/test-kit/free-port'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { examineDevice } from '../doctor.ts'
import { initDatabase } from '../init-database.ts'
import { startTestAgent } from '../testing/test-agent.ts'
import { checkClock, checkTemperature, checkVersions } from './check-machine.ts'
import { worstOf, type Finding } from './finding.ts'
import { checkGpu } from './trt-check-gpu.ts'

const TINY_SAM3_DIR = fileURLToPath(new URL('../../../models/src/sam3/fixtures/tiny', import.meta.url))
const NOW_MS = Date.UTC(2026, 10, 27)

async function writeFiles(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

const byId = (findings: readonly Finding[], id: string): Finding | undefined =>
  findings.find((finding) => finding.id === id)

describe('the machine under the agent', () => {
  test('module, L4T, heat and throttling are read from the files of a Jetson', async () => {
    await using dir = await createTempDir('doctor')
    await writeFiles(dir.path, {
      'etc/nv_tegra_release':
        '# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n',
      'proc/device-tree/model': 'NVIDIA Jetson AGX Orin Developer Kit\0',
      'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
      'sys/class/thermal/thermal_zone0/temp': '51406\n',
      'sys/class/thermal/thermal_zone8/type': 'tj-thermal\n',
      'sys/class/thermal/thermal_zone8/temp': '88125\n',
      'sys/class/thermal/thermal_zone2/type': 'cv0-thermal\n',
      'sys/class/thermal/thermal_zone2/temp': '-256000\n',
      'sys/class/hwmon/hwmon4/oc3_event_cnt': '17\n',
      'sys/class/hwmon/hwmon4/oc1_event_cnt': '0\n',
      'run/systemd/timesync/synchronized': '',
    })
    const deps = { root: dir.path, agentVersion: '9.9.9', nowMs: () => NOW_MS }
    const findings = [
      ...(await checkVersions(deps)()),
      ...(await checkClock(deps)()),
      ...(await checkTemperature(deps)()),
    ]
    expect(byId(findings, 'versions')?.detail).toContain('L4T R36.4.3, NVIDIA Jetson AGX Orin Developer Kit')
    expect(byId(findings, 'clock')).toMatchObject({ severity: 'ok' })
    expect(byId(findings, 'temperature')).toMatchObject({
      severity: 'warning',
      detail: 'tj-thermal is at 88 °C, the hottest of 2 zones',
    })
    expect(byId(findings, 'throttling')?.detail).toContain('oc3 17 times')
  })

  test('a clock that was never set is a failure, one that nobody keeps a warning', async () => {
    await using dir = await createTempDir('doctor')
    const clock = (nowMs: number): Promise<Finding[]> =>
      checkClock({ root: dir.path, agentVersion: '1', nowMs: () => nowMs })()
    expect(worstOf(await clock(Date.UTC(1970, 0, 1)))).toBe('failure')
    expect(worstOf(await clock(NOW_MS))).toBe('warning')
  })
})

describe('engines', () => {
  const parityOf = (iou: number): string =>
    JSON.stringify({
      schema: 1,
      planSha256: 'a'.repeat(64),
      precision: 'fp16',
      reference: 'the same in fp32',
      pictures: 3,
      objects: 9,
      matchedPart: 1,
      boxIou: { mean: iou, min: iou },
      maskIou: { mean: iou, min: iou },
      scoreDrift: { mean: 0.01, max: 0.02 },
    })
  const find = (): Promise<never> =>
    Promise.resolve({ canRun: true, canBuild: true, sentence: 'TensorRT is ready.', devices: [] } as never)

  test('one is well with a report that says so, and a failure when missing, untested or beyond its gate', async () => {
    await using dir = await createTempDir('doctor')
    await writeFiles(dir.path, {
      'good.plan': 'plan',
      'good.plan.parity.json': parityOf(0.98),
      'drifted.plan': 'plan',
      'drifted.plan.parity.json': parityOf(0.4),
      'garbled.plan': 'plan',
      'garbled.plan.parity.json': '{ "passed": true }',
      'untested.plan': 'plan',
    })
    const [, ...findings] = await checkGpu({
      engines: [join(dir.path, 'gone.plan')],
      enginesDir: dir.path,
      find,
    })()
    const bySeverity = (severity: string): string[] =>
      findings
        .filter((finding) => finding.severity === severity)
        .map(({ detail }) => /(\w+)\.plan/.exec(detail)?.[1] ?? '')
        .toSorted()
    expect(bySeverity('ok')).toEqual(['good'])
    expect(bySeverity('warning')).toEqual(['untested'])
    expect(bySeverity('failure')).toEqual(['drifted', 'garbled', 'gone'])
  })
})

describe('a whole device', () => {
  test('one that runs is well in every part, its index as large as its database', async () => {
    const port = await freePort()
    await using agent = await startTestAgent({ API_PORT: String(port) })
    const findings = await examineDevice(
      { FLEET_DATA_DIR: agent.dataDir, API_PORT: String(port) },
      { beforeStart: false },
    )
    const working = ['pack', 'inference', 'database', 'agent', 'index', 'sync']
    expect(working.map((id) => [id, byId(findings, id)?.severity])).toEqual(working.map((id) => [id, 'ok']))
    expect(findings.filter(({ severity }) => severity === 'failure')).toEqual([])
  })

  test('every finding that is not well says what to do: no agent, damaged pack, damaged database', async () => {
    await using dir = await createTempDir('doctor')
    const packDir = join(dir.path, 'pack')
    await cp(DEFAULT_PACK_DIR, packDir, { recursive: true })
    await writeFile(join(packDir, 'tokenizer.json'), '{}')
    const env = {
      FLEET_DATA_DIR: dir.path,
      FLEET_MODEL_PACK: packDir,
      FLEET_MQTT_URL: 'mqtt://127.0.0.1:9',
      API_PORT: String(await freePort()),
    }
    const { path } = initDatabase(env)
    await writeFile(path, 'this is no database, and long enough to be read as one by SQLite'.repeat(64))
    const findings = await examineDevice(env, { beforeStart: false })
    const broken = ['pack', 'database', 'agent']
    expect(broken.map((id) => [id, byId(findings, id)?.severity])).toEqual(
      broken.map((id) => [id, 'failure']),
    )
    expect(byId(findings, 'pack')?.detail).toContain('tokenizer.json wrong')
    expect(byId(findings, 'broker')?.severity).toBe('warning')
    for (const { severity, todo } of findings) if (severity !== 'ok') expect(todo).toMatch(/\w{4}/)
  })

  test('a SAM3 pack is tried on what the agent runs it on: without engines it fails, as the agent would', async () => {
    await using dir = await createTempDir('doctor')
    const env = { FLEET_DATA_DIR: dir.path, FLEET_MODEL_PACK: TINY_SAM3_DIR }
    const inference = async (runtime: string): Promise<Finding | undefined> =>
      byId(await examineDevice({ ...env, FLEET_SAM3_RUNTIME: runtime }, { beforeStart: true }), 'inference')
    expect(await inference('tensorrt')).toMatchObject({
      severity: 'failure',
      detail: expect.stringContaining('no SAM3 engines'),
    })
    expect(await inference('onnxruntime')).toMatchObject({ severity: 'ok' })
  })

  test('a check that breaks is a finding, and the others are made all the same', async () => {
    await using dir = await createTempDir('doctor')
    const credentials = { username: 'gate', password: 'secret', mqttUrl: 'broker.without.scheme' }
    await writeFiles(dir.path, { 'credentials.json': JSON.stringify(credentials) })
    const findings = await examineDevice({ FLEET_DATA_DIR: dir.path }, { beforeStart: false })
    expect(byId(findings, 'doctor')).toMatchObject({
      severity: 'failure',
      todo: expect.stringMatching(/\w{4}/),
    })
    expect(byId(findings, 'database')?.severity).toBe('ok')
  })

  test('settings that are wrong are a finding, not a crash', async () => {
    const findings = await examineDevice({ API_PORT: 'eight thousand' }, { beforeStart: true })
    expect(byId(findings, 'settings')).toMatchObject({ severity: 'failure' })
  })
})
