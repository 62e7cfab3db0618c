import { expect, test } from 'vitest'
import { centreEnvSchema, readCentreConfig } from './centre-config.ts'

const TOKEN = 'a-token-of-enough-characters'

test('without any setting the centre is for this machine only, and devices need not enrol', () => {
  expect(readCentreConfig({})).toMatchObject({
    databaseUrl: null,
    outsideBrokerUrl: null,
    broker: { host: '127.0.0.1', port: 1883 },
    api: { host: '127.0.0.1', port: 4000 },
    adminToken: null,
    enrolment: 'open',
  })
})

test.each([{ HOST: '0.0.0.0' }, { FLEET_MQTT_HOST: '0.0.0.0' }, { HOST: '10.0.0.5' }, { HOST: '::' }])(
  'listening beyond this machine (%o) demands a token, and then devices must enrol',
  (beyond) => {
    expect(() => readCentreConfig({ ...beyond })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining('FLEET_ADMIN_TOKEN') }),
    )
    expect(readCentreConfig({ ...beyond, FLEET_ADMIN_TOKEN: TOKEN }).enrolment).toBe('required')
    expect(() => readCentreConfig({ ...beyond, FLEET_ADMIN_TOKEN: TOKEN, FLEET_ENROL: 'open' })).toThrow(
      /FLEET_ENROL/,
    )
  },
)

test('enrolment may be demanded on this machine too', () => {
  expect(readCentreConfig({ FLEET_ENROL: 'required' }).enrolment).toBe('required')
})

test.each([
  ['PORT', '70000'],
  ['FLEET_ADMIN_TOKEN', 'short'],
  ['FLEET_LOG_LEVEL', 'loud'],
])('a wrong %s is named with what it is for', (name, value) => {
  expect(() => readCentreConfig({ [name]: value })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(name),
      hint: expect.stringContaining(name),
    }),
  )
})

test('an empty value is one that is not there', () => {
  expect(readCentreConfig({ DATABASE_URL: '', FLEET_MQTT_URL: '' })).toMatchObject({
    databaseUrl: null,
    outsideBrokerUrl: null,
  })
})

test('every setting says what it is for', () => {
  for (const setting of Object.values(centreEnvSchema.shape))
    expect(setting.description?.length).toBeGreaterThan(10)
})
