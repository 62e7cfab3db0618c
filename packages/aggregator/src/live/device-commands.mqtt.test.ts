import { describe } from 'vitest'
import { startMosquitto } from '@sam3-fleet/test-kit/mosquitto'
import { registerDeviceCommandsTests } from './testing/register-device-commands-tests.ts'

describe('commands over Mosquitto', () => {
  registerDeviceCommandsTests(startMosquitto)
})
