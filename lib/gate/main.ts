/** The gate's process: serves the public API until it is told to stop. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeDatabase } from '@/lib/edges/db'
import { checkDatabase } from '@/lib/edges/db/self-check'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { gateServer, stopServer } from './server'

const stopSeconds = 10

async function main(): Promise<void> {
  const port = env().GATE_PORT
  const host = process.env.GATE_HOST || '127.0.0.1'
  await checkDatabase()
  const server = gateServer()
  server.on('error', (error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE'
    console.error(taken ? `Port ${port} is taken. Set GATE_PORT to a free one.` : error.message)
    process.exit(1)
  })
  server.listen(port, host, () => {
    log.info({ port: (server.address() as AddressInfo).port }, 'gate is listening')
  })
  process.once('SIGTERM', () => void stop(server))
  process.once('SIGINT', () => void stop(server))
}

/** Requests in flight are answered; idle connections are not waited for. */
async function stop(server: Server): Promise<void> {
  setTimeout(() => process.exit(0), stopSeconds * 1000).unref()
  await stopServer(server)
  await closeDatabase()
  process.exit(0)
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
