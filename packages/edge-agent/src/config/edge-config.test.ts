import { describe, expect, test } from 'vitest'
import { edgeEnvSchema, readEdgeConfig } from './edge-config.ts'

describe('settings of the agent', () => {
  test('has the documented defaults, and stays on this machine without a token', () => {
    const config = readEdgeConfig({})
    expect(config).toMatchObject({
      api: { host: '127.0.0.1', port: 8000, token: null },
      databasePath: expect.stringMatching(/\.cache\/sam3_deepstream\/db\/detections\.db$/),
      indexPath: expect.stringMatching(/\.cache\/sam3_deepstream\/db\/embeddings\.index$/),
      wantsGpuIndex: true,
      holdMaxBytes: 1024 * 1024 * 1024,
      mqttUrl: null,
    })
    expect(config.warnings).toEqual([expect.stringContaining('FLEET_API_TOKEN')])
  })

  test('with a token it listens for everybody and warns of nothing', () => {
    const config = readEdgeConfig({ FLEET_API_TOKEN: 'a'.repeat(16) })
    expect([config.api.host, config.warnings]).toEqual(['0.0.0.0', []])
  })

  test('will not open a device to everybody without a token', () => {
    expect(() => readEdgeConfig({ API_HOST: '0.0.0.0' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining('FLEET_API_TOKEN') }),
    )
    expect(readEdgeConfig({ API_HOST: 'localhost' }).api.host).toBe('localhost')
  })

  test('FLEET_DATA_DIR moves everything that no name of its own places elsewhere', () => {
    const config = readEdgeConfig({
      FLEET_DATA_DIR: '/data',
      SAM3_DB_PATH: '/fast/a.db',
      SAM3_USE_GPU_FAISS: 'false',
    })
    expect(config).toMatchObject({
      databasePath: '/fast/a.db',
      indexPath: '/data/db/embeddings.index',
      uploadsDir: '/data/uploads',
      wantsGpuIndex: false,
    })
  })

  test.each([
    ['API_PORT', '99999'],
    ['FLEET_DEVICE_ID', 'Gate 1'],
    ['FLEET_API_TOKEN', 'short'],
    ['FLEET_CENTRE_URL', 'centre'],
    ['FLEET_DISK_MAX_GB', '-1'],
    ['FLEET_OUTBOX_HOLD_MB', 'much'],
    ['SAM3_USE_GPU_FAISS', 'perhaps'],
  ])('%s=%s is refused by name, with what it is for', (name, value) => {
    expect(() => readEdgeConfig({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(name),
        hint: expect.stringContaining(name),
      }),
    )
  })

  test.each([
    'broker',
    'centre:1883',
    'mqtt:',
    'mqtt://',
    'mqtt:broker',
    'https://centre',
    '://x',
    'mqtt://:pass word@',
  ])('FLEET_MQTT_URL=%s is refused as no address of a broker, and not repeated', (url) => {
    const refused = expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^FLEET_MQTT_URL: is not the address of a broker: mqtt, /),
      hint: expect.stringContaining('mqtts://centre:8883'),
    })
    expect(() => readEdgeConfig({ FLEET_MQTT_URL: url })).toThrow(refused)
  })

  test.each([
    'mqtt://127.0.0.1:1883',
    'mqtts://gate:p%40ss@centre:8883',
    'ws://[::1]:9001/mqtt',
    'wss://fleet.example/mqtt',
    'tcp://centre',
    'ssl://centre:8883',
  ])('FLEET_MQTT_URL=%s is taken as it is', (url) => {
    expect(readEdgeConfig({ FLEET_MQTT_URL: url }).mqttUrl).toBe(url)
  })

  test('an empty variable counts as one that is not set', () => {
    expect(readEdgeConfig({ FLEET_MQTT_URL: '', FLEET_DEVICE_NAME: '' })).toMatchObject({
      mqttUrl: null,
      deviceName: null,
    })
  })

  test('every setting explains itself', () => {
    for (const [name, schema] of Object.entries(edgeEnvSchema.shape))
      expect([name, (schema.description ?? '').length > 10]).toEqual([name, true])
  })
})
