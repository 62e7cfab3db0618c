import { expect, test } from 'vitest'
import { z } from 'zod'
import { sha256Hex } from '../node/binary.ts'
import { ackSchema } from './ack.ts'
import { batchHeaderSchema, batchIndexSchema } from './batch.ts'
import { centrePresenceSchema } from './centre-presence.ts'
import { commandSchema, replyResultSchemas, replySchema } from './command.ts'
import { entryStateSchemas } from './entry.ts'
import { helloSchema } from './hello.ts'
import { presenceSchema } from './presence.ts'
import { statusMessageSchema } from './status.ts'
import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from './version.ts'
import { welcomeSchema } from './welcome.ts'

const messages = {
  ackSchema,
  batchHeaderSchema,
  batchIndexSchema,
  centrePresenceSchema,
  commandSchema,
  helloSchema,
  presenceSchema,
  replySchema,
  statusMessageSchema,
  welcomeSchema,
  ...entryStateSchemas,
  ...replyResultSchemas,
}

test('a changed message schema fails here until the protocol version and its history are raised', () => {
  const schemas = Object.entries(messages)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, schema]) => [name, z.toJSONSchema(schema as z.ZodType)])
  const hash = sha256Hex(JSON.stringify(schemas)).slice(0, 16)
  expect({ version: PROTOCOL_VERSION, floor: PROTOCOL_FLOOR, hash }).toMatchInlineSnapshot(`
    {
      "floor": 1,
      "hash": "0a9cdf7cc9191f18",
      "version": 7,
    }
  `)
})
