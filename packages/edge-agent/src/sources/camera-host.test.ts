import { describe, expect, it } from 'vitest'
import { pinCameraHost, type CameraHostRules } from './camera-host.ts'

const open: CameraHostRules = { allowLoopback: true, allowPrivate: true }
const answers = (address: string) => async () => [{ address, family: address.includes(':') ? 6 : 4 }]

describe('pinCameraHost', () => {
  it('connects to the address that was judged, with the rest of the URL untouched', async () => {
    const pinned = await pinCameraHost('rtsp://u:p%40@cam.local:8554/a?b=c', open, answers('192.168.1.9'))
    expect(pinned).toBe('rtsp://u:p%40@192.168.1.9:8554/a?b=c')
    expect(await pinCameraHost('rtsp://cam/a', open, answers('2001:db8::5'))).toBe('rtsp://[2001:db8::5]/a')
  })

  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fd00:ec2::254', '0.0.0.0', '224.0.0.1'])(
    'refuses %s under any configuration',
    async (address) => {
      await expect(pinCameraHost('rtsp://cam/a', open, answers(address))).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
    },
  )

  it('refuses a name when any of its addresses is forbidden', async () => {
    const both = async () => [...(await answers('8.8.8.8')()), ...(await answers('169.254.169.254')())]
    await expect(pinCameraHost('rtsp://cam/a', open, both)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('sees through numbers dressed as host names', async () => {
    await expect(pinCameraHost('rtsp://2852039166/a', open)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('lets configuration close loopback and private networks', async () => {
    const closed: CameraHostRules = { allowLoopback: false, allowPrivate: false }
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.1.9', 'fd12::1'])
      await expect(pinCameraHost('rtsp://cam/a', closed, answers(address))).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
    expect(await pinCameraHost('rtsp://cam/a', closed, answers('203.0.113.7'))).toBe('rtsp://203.0.113.7/a')
  })

  it('says that a name is unknown', async () => {
    const unknown = () => Promise.reject(new Error('ENOTFOUND'))
    await expect(pinCameraHost('rtsp://nowhere/a', open, unknown)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    })
  })
})
