import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSourceUri, redactUri } from './source-uri.ts'

describe('parseSourceUri', () => {
  it.each([
    ['/videos/door.mp4', { kind: 'file', path: '/videos/door.mp4' }],
    ['file:///videos/a%20b.mp4', { kind: 'file', path: '/videos/a b.mp4' }],
    ['folder:/videos', { kind: 'folder', path: '/videos' }],
    ['rtsp://u:p@10.0.0.5:554/s?x=1', { kind: 'rtsp', url: 'rtsp://u:p@10.0.0.5:554/s?x=1' }],
    ['camera:///dev/video0', { kind: 'camera', device: '/dev/video0' }],
    ['csi://0', { kind: 'camera', device: 'csi://0' }],
  ])('reads %s', (uri, address) => {
    expect(parseSourceUri(uri)).toEqual(address)
  })

  it.each([
    'http://camera/stream',
    'concat:/a|/b',
    'exec:ls',
    'videos/door.mp4',
    'rtsp:///no-host',
    'camera:///dev/sda',
    'camera:///dev/video0/../sda',
    'file://host/share',
    '/videos/\0.mp4',
    '',
  ])('refuses %j', (uri) => {
    expect(() => parseSourceUri(uri)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

describe('redactUri', () => {
  it('keeps what a person needs to recognise the camera', () => {
    expect(redactUri('rtsp://cam.local:554/stream1?channel=2')).toBe('rtsp://cam.local:554/stream1?channel=2')
    expect(redactUri('rtsp://cam/s?channel=2&password=hunter2&sub=1')).toBe(
      'rtsp://cam/s?channel=2&password=***&sub=1',
    )
  })

  it('never lets a user or password through, whatever characters they have', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9@:!$%+~/?#-]{6,20}$/).map((text) => `S3${text}`)
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,12}$/), secret, (user, password) => {
        const shown = redactUri(`rtsp://${user}:${password}@camera.local/live`)
        expect(shown).toBe('rtsp://camera.local/live')
      }),
    )
  })
})
