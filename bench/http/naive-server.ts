/** The gate as one would write it first: each request is a transaction of several statements. Prints its port. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { chargeNaively, singleConnections } from '../baselines/singles'
import { answerJson, readJson } from './small-server'

interface Body {
  account_id: string
  events: { id: string; model: string; input_tokens: number; cached_input_tokens: number; output_tokens: number }[]
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: singleConnections })
pool.on('error', () => {})

const server = http.createServer(async (request, response) => {
  const { account_id, events } = (await readJson(request)) as Body
  const client = await pool.connect()
  let accepted = 0
  for (const event of events) {
    const isNew = await chargeNaively(client, account_id, {
      eventId: event.id,
      model: event.model,
      inputTokens: event.input_tokens,
      cachedInputTokens: event.cached_input_tokens,
      outputTokens: event.output_tokens,
    })
    if (isNew) accepted += 1
  }
  client.release()
  answerJson(response, { accepted, duplicates: events.length - accepted, refused: 0 })
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })))
