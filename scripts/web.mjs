// The web process: Next's pages, which are painted before their scripts run, and scripts and styles as the build has compressed
// them. `next start` would compress each file anew for everybody who asks, and a seventh less.
//   node scripts/web.mjs --port 3000 --hostname 127.0.0.1
import http from 'node:http'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { constants } from 'node:zlib'
import compression from 'compression'
import sirv from 'sirv'
import config from '../next.config.js'
import { projectRoot } from './run/folders.mjs'
import { paintFirst } from './run/paint-first.mjs'

process.env.NODE_ENV ??= 'production'
// Imported now and not above: it reads which environment it is in.
const { default: next } = await import('next')

const { values } = parseArgs({ options: { port: { type: 'string' }, hostname: { type: 'string' } } })
const port = Number(values.port)
const { hostname } = values

const app = next({ dir: projectRoot, dev: false, hostname, port })
await app.prepare()
const answerPage = app.getRequestHandler()

const prefix = '/_next/static/'
const [{ headers }] = await config.headers()
const answerAsset = sirv(path.join(projectRoot, '.next/static'), {
  brotli: true,
  gzip: true,
  // Their names change with what is in them.
  immutable: true,
  maxAge: 365 * 24 * 3600,
  setHeaders: (response) => {
    for (const { key, value } of headers) response.setHeader(key, value)
  },
})

// Brotli at five takes about as long as gzip does by default, and makes pages a seventh to a quarter smaller.
const compress = compression({ brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } } })

let styles = ''

const server = http.createServer((request, response) => {
  if (!request.url.startsWith(prefix)) {
    if (styles && request.headers.accept?.includes('text/html')) response.setHeader('Link', styles)
    return compress(request, response, () => {
      paintFirst(response)
      answerPage(request, response)
    })
  }
  const { url } = request
  request.url = url.slice(prefix.length - 1)
  answerAsset(request, response, () => {
    request.url = url
    answerPage(request, response)
  })
})
server.listen(port, hostname, async () => {
  styles = await stylesOfPages()
})

/**
 * The styles that every page begins with, as a header: a browser that is told of them before it reads the page does not lay it out
 * without them first, and paints it before its scripts are there. Empty when the page cannot be asked for.
 */
async function stylesOfPages() {
  const page = await fetch(`http://localhost:${port}/sign-in`)
    .then((answer) => answer.text())
    .catch(() => '')
  const links = page.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)
  return [...links].map(([, href]) => `<${href}>; rel=preload; as=style`).join(', ')
}

/** What is being answered is finished first. */
function stop() {
  server.close(async () => {
    await app.close()
    process.exit(0)
  })
  server.closeIdleConnections()
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
