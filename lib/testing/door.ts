import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { POST } from '@/app/api/webhooks/stripe/route'

/** The webhook route on an address of its own (on any free port, unless one is given), as the web process serves it. */
export async function openDoor(port = 0) {
  const server = http.createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', async () => {
      const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)])
      const request = new Request('http://door/api/webhooks/stripe', {
        method: 'POST',
        headers,
        body: Buffer.concat(chunks),
      })
      const response = await POST(request)
      outgoing.writeHead(response.status).end(await response.text())
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
