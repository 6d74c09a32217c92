/** What HTTP alone costs here: reads a JSON body and answers a small JSON. Prints its port. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerJson, readJson } from './small-server'

const server = http.createServer(async (request, response) => {
  if (request.method === 'POST') await readJson(request)
  answerJson(response, { accepted: 1, duplicates: 0, refused: 0, results: [{ index: 0, status: 'accepted' }] })
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })))
