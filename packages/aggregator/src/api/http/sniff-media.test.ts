import { expect, test } from 'vitest'
import { sniffMedia } from './sniff-media.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

test.each([
  ['\0\0\0\x18ftypisom', 'video/mp4'],
  ['\0\0\0\x14ftypqt  ', 'video/quicktime'],
  ['RIFF\0\0\0\0AVI LIST', 'video/x-msvideo'],
  ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
  ['\x1aE\xdf\xa3\x01\0\0\0\0\0\0#B\x82\x84webm', 'video/webm'],
  ['\x1aE\xdf\xa3\x01\0\0\0\0\0\0#B\x82\x88matroska', 'video/x-matroska'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
])('%j is known by its content', (head, type) => {
  expect(sniffMedia(bytes(head))).toBe(type)
})

test.each([
  '#EXTM3U\nfile:///etc/passwd',
  'ffconcat version 1.0',
  '<?xml version="1.0"?><MPD>',
  '<svg>',
  'v=0\r\n',
  '',
])('%j can refer to other files, or is nothing, and is not accepted', (head) => {
  expect(sniffMedia(bytes(head))).toBeNull()
})
