// Pages are painted before their scripts run. Next asks for them as `async`: each runs as soon as it is there, on a phone often
// before the page was painted, which then waits for all of them. Here they are fetched just as early, and run after the first paint.
import fs from 'node:fs'

/** A script that runs whenever it is there. Those for old browsers (`noModule`) and the ones that a page carries itself stay. */
const asyncScript = /<script src="([^"]+)"((?: [\w-]+="[^"]*")*?)(?: async="")((?: [\w-]+="[^"]*")*?)><\/script>/g

const runWhenPainted = fs
  .readFileSync(new URL('./run-when-painted.js', import.meta.url), 'utf8')
  .replace(/^\s*\/\/.*\n/gm, '')
  .replace(/^\s+/gm, '')

/**
 * The same piece of a page with its scripts waiting for the first paint. `isFirst`: what makes them run is not in the page yet.
 * A tag that is cut in two by the end of a piece runs as it would have.
 */
export function letScriptsWait(html, isFirst) {
  let nonce = null
  const waiting = html.replace(asyncScript, (_tag, src, before, after) => {
    nonce ??= / nonce="[^"]*"/.exec(before + after)?.[0] ?? ''
    return `<link rel="preload" as="script" fetchPriority="low"${nonce} href="${src}" data-script=""/>`
  })
  if (nonce === null) return { html, hasScripts: false }
  if (!isFirst) return { html: waiting, hasScripts: true }
  const runner = `<script${nonce}>${runWhenPainted}</script>`
  // Before the styles: a script after them would wait until they are there.
  const head = /<head[^>]*>/.exec(waiting)
  const at = head ? head.index + head[0].length : 0
  return { html: waiting.slice(0, at) + runner + waiting.slice(at), hasScripts: true }
}

/** Has the scripts of the pages that this response brings wait for the first paint; everything else passes as it is. */
export function paintFirst(response) {
  const write = response.write.bind(response)
  const end = response.end.bind(response)
  let hasRunner = false
  const isPage = () => /^text\/html/.test(String(response.getHeader('content-type') ?? ''))
  const change = (chunk, encoding) => {
    if (chunk === undefined || chunk === null || typeof chunk === 'function' || !isPage()) return chunk
    // One character for each byte, so that a letter may be cut in two.
    const text = Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8').toString('latin1')
    const { html, hasScripts } = letScriptsWait(text, !hasRunner)
    if (!hasScripts) return chunk
    hasRunner = true
    if (!response.headersSent) response.removeHeader('content-length')
    return Buffer.from(html, 'latin1')
  }
  response.write = (chunk, encoding, done) => write(change(chunk, encoding), encoding, done)
  response.end = (chunk, encoding, done) => end(change(chunk, encoding), encoding, done)
}
