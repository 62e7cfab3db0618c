// Whether what runs in this container answers: node healthcheck.mjs PORT PATH. A redirect counts: the console sends strangers
// to its log-in.
const [port, path] = process.argv.slice(2)
const response = await fetch(`http://127.0.0.1:${port}${path}`, {
  redirect: 'manual',
  signal: AbortSignal.timeout(4_000),
}).catch(() => null)
process.exit(response !== null && response.status < 400 ? 0 : 1)
