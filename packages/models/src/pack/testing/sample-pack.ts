// A small whole pack in a folder, and a web server that gives out a folder the way publishers of packs do.
import { createReadStream } from 'node:fs'
import { cp, stat } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Two towers of half a kilobyte each: manifest, models, tokenizer. */
const SAMPLE_DIR = fileURLToPath(new URL('../../image/fixtures/packs/two-tower', import.meta.url))
export const SAMPLE_FOLDER_NAME = 'two-tower-1.0.0'

export async function copySamplePack(dir: string): Promise<string> {
  await cp(SAMPLE_DIR, dir, { recursive: true })
  return dir
}

export interface PackServer extends AsyncDisposable {
  readonly url: string
  readonly requests: { path: string; headers: IncomingHttpHeaders }[]
}

/** Gives out the files of `dir` at `/`, unless `before` answers itself and returns true. */
export async function servePack(
  dir: string,
  before: (...request: Parameters<RequestListener>) => boolean = () => false,
): Promise<PackServer> {
  const requests: PackServer['requests'] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    requests.push({ path: request.url ?? '/', headers: request.headers })
    if (before(request, response)) return
    const path = join(dir, pathname)
    stat(path).then(
      ({ size }) => {
        response.writeHead(200, { 'content-length': size })
        createReadStream(path).pipe(response)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
