import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { letScriptsWait, paintFirst } from './paint-first.mjs'

const page =
  '<html><head><meta charSet="utf-8"/><link rel="stylesheet" href="/a.css"/><script src="/b.js" async="" nonce="abc"></script>' +
  '<script src="/old.js" noModule="" nonce="abc"></script></head><body>ä<script nonce="abc">self.x=1</script>'
const rest = '<script src="/c.js" nonce="abc" async=""></script></body></html>'
const waits = (name: string) =>
  `<link rel="preload" as="script" fetchPriority="low" nonce="abc" href="/${name}.js" data-script=""/>`

test('scripts that could run at any time wait; others stay, and what makes them run comes before the styles', () => {
  const { html, hasScripts } = letScriptsWait(page, true)
  expect(hasScripts).toBe(true)
  expect(html.replace(/<script nonce="abc">\{.*?\n\}\n<\/script>/s, 'RUN')).toBe(
    page.replace('<head>', '<head>RUN').replace('<script src="/b.js" async="" nonce="abc"></script>', waits('b')),
  )
  expect(letScriptsWait(rest, false).html).toBe(`${waits('c')}</body></html>`)
})

test('a page without such scripts, and a tag that is cut in two, stay as they are', () => {
  for (const piece of ['<p>nothing</p>', '<head><script src="/b.js" asy', 'nc=""></script>']) {
    expect(letScriptsWait(piece, true)).toEqual({ html: piece, hasScripts: false })
  }
})

/** A response that remembers what is written to it. */
function aResponse(type: string) {
  const headers = new Map<string, string>([
    ['content-type', type],
    ['content-length', '10'],
  ])
  const pieces: Buffer[] = []
  const keep = (piece?: string | Uint8Array) => {
    if (piece) pieces.push(Buffer.from(piece as string))
    return true
  }
  const response = Object.assign(new EventEmitter(), {
    headersSent: false,
    getHeader: (name: string) => headers.get(name),
    removeHeader: (name: string) => void headers.delete(name),
    write: vi.fn(keep),
    end: vi.fn(keep),
  })
  return { response, headers, text: () => Buffer.concat(pieces).toString() }
}

test('a page may come in pieces, as text or bytes, cut within a letter; its length is not announced', () => {
  const { response, headers, text } = aResponse('text/html; charset=utf-8')
  paintFirst(response)
  const bytes = Buffer.from(page)
  const cut = bytes.indexOf(0xc3) + 1
  response.write(bytes.subarray(0, cut))
  response.write(bytes.subarray(cut))
  response.end(rest)
  expect(text()).toContain('<body>ä<script nonce="abc">self.x=1</script>')
  expect(text().match(/data-script=""/g)).toHaveLength(2)
  expect(text().match(/first-contentful-paint/g)).toHaveLength(1)
  expect(headers.has('content-length')).toBe(false)
})

test('what is no page passes', () => {
  const { response, headers, text } = aResponse('text/x-component')
  paintFirst(response)
  response.write(page)
  response.end()
  expect(text()).toBe(page)
  expect(headers.get('content-length')).toBe('10')
})
