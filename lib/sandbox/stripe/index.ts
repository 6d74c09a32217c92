import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runDueChores } from './chores'
import { Deliverer } from './events/deliverer'
import { contract } from './http/parameters'
import { createSandboxServer } from './http/server'
import { type ServerParts, serverParts } from './http/server-parts'
import { Clock } from './state/clock'
import { Store } from './state/store'
import type { World } from './state/world'

const choreIntervalMilliseconds = 500
const pruneIntervalMilliseconds = 3_600_000

export interface SandboxOptions {
  /** 0 or absent: any free port. */
  port?: number
  /** Where to keep everything; absent: in memory only. */
  dataDir?: string
  /** Where browsers reach the sandbox; absent: the address it listens on. */
  publicUrl?: string
}

export interface RunningSandbox {
  url: string
  port: number
  close(): Promise<void>
}

/** Starts a Stripe sandbox on 127.0.0.1. Throws when the port is taken or the data cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  // The port is taken before the data is touched: two sandboxes started by mistake must not share a journal.
  const opening = deferred<ServerParts>()
  const server = createSandboxServer(opening.promise)
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  const store = await Store.open(options.dataDir ?? null).catch((error: unknown) => {
    server.close()
    throw error
  })
  const deliverer = new Deliverer()
  const world: World = {
    store,
    clock: new Clock(store),
    deliverer,
    publicUrl: options.publicUrl?.replace(/\/+$/, '') || url,
    apiVersion: contract.apiVersion,
  }
  deliverer.start(world)
  const parts = serverParts(world, deliverer)
  const prune = () => store.transaction(() => parts.keys.prune())
  prune()
  opening.resolve(parts)
  const timers = [
    setInterval(() => runDueChores(world), choreIntervalMilliseconds),
    setInterval(prune, pruneIntervalMilliseconds),
  ]
  for (const timer of timers) timer.unref()

  return {
    url,
    port,
    async close() {
      for (const timer of timers) clearInterval(timer)
      await deliverer.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
