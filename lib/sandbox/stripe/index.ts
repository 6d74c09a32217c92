import type { AddressInfo } from 'node:net'
import { runDueChores } from './chores'
import { Deliverer } from './events/deliverer'
import { contract } from './http/parameters'
import { createSandboxServer } from './http/server'
import { Clock } from './state/clock'
import { Store } from './state/store'
import type { World } from './state/world'

const choreIntervalMilliseconds = 500

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
  const store = await Store.open(options.dataDir ?? null)
  const deliverer = new Deliverer()
  const world: World = {
    store,
    clock: new Clock(store),
    deliverer,
    publicUrl: options.publicUrl?.replace(/\/+$/, '') ?? '',
    apiVersion: contract.apiVersion,
  }
  const server = createSandboxServer(world, deliverer)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  world.publicUrl ||= url
  deliverer.start(world)
  const chores = setInterval(() => runDueChores(world), choreIntervalMilliseconds)
  chores.unref()

  return {
    url,
    port,
    async close() {
      clearInterval(chores)
      deliverer.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
    },
  }
}
