/** The gate's process: serves the public API until it is told to stop. */
import { serve } from '@hono/node-server'
import { closeDatabase } from '@/lib/edges/db'
import { checkDatabase } from '@/lib/edges/db/self-check'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { gateApp } from './app'

const requestSeconds = 30
const headerSeconds = 10
const stopSeconds = 5

async function main(): Promise<void> {
  const port = env().GATE_PORT
  const hostname = process.env.GATE_HOST || '127.0.0.1'
  await checkDatabase()
  const server = serve({ fetch: gateApp().fetch, port, hostname }, (address) => {
    log.info({ port: address.port }, 'gate is listening')
  })
  if ('requestTimeout' in server) {
    server.requestTimeout = requestSeconds * 1000
    server.headersTimeout = headerSeconds * 1000
  }
  server.on('error', (error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE'
    console.error(taken ? `Port ${port} is taken. Set GATE_PORT to a free one.` : error.message)
    process.exit(1)
  })
  const stop = () => {
    // Requests in flight are answered; idle connections are not waited for.
    server.close(() => void closeDatabase().then(() => process.exit(0)))
    if ('closeIdleConnections' in server) server.closeIdleConnections()
    setTimeout(() => process.exit(0), stopSeconds * 1000).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
