import diagnostics from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/**
 * Appends the connection's own address to X-Forwarded-For, as every proxy does, on each request that this process serves.
 * Route handlers see headers only, and Next adds the address only where the caller has not put one first.
 */
export function recordPeers(): void {
  diagnostics.subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage }
    const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '')
    const claimed = request.headers['x-forwarded-for']
    if (peer) request.headers['x-forwarded-for'] = claimed ? `${claimed}, ${peer}` : peer
  })
}
