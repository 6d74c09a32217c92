import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { clientIp } from '@/lib/edges/session'
import { recordPeers } from './record-peers'

test('whatever a caller claims, the address of its connection is what counts', async () => {
  recordPeers()
  const server = http.createServer((request, response) => {
    response.end(clientIp(new Headers({ 'x-forwarded-for': String(request.headers['x-forwarded-for']) }), 0))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const claimed of [undefined, '8.8.8.8', '1.1.1.1, 8.8.8.8']) {
    const response = await fetch(url, claimed ? { headers: { 'x-forwarded-for': claimed } } : {})
    expect(await response.text()).toBe('127.0.0.1')
  }
  server.close()
})
