/** The gate as a process of its own, on a port that is free, which a test can kill and start again. */

import { createServiceKey } from '@/lib/domain/api-keys'
import { bundleGate } from '../../scripts/setup/gate.mjs'
import { tester } from './builders'
import { startProcess } from './processes'

export interface GateProcess {
  url: string
  /** A service key with every scope. */
  key: string
  /** Ends the process at once, as a crash would. */
  kill: () => Promise<void>
  /** Starts it again at the same address. */
  restart: () => Promise<void>
}

export async function aGateProcess(databaseUrl: string): Promise<GateProcess> {
  const { key } = await createServiceKey(tester, { name: 'test gateway', scopes: ['usage:write', 'balance:read'] })
  let running = await startGate(databaseUrl, '0')
  const { port } = running
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    kill: () => running.kill(),
    restart: async () => {
      running = await startGate(databaseUrl, String(port))
    },
  }
}

async function startGate(databaseUrl: string, port: string): Promise<{ port: number; kill: () => Promise<void> }> {
  await bundleGate()
  const gate = startProcess('.cache/gate/main.mjs', [], { DATABASE_URL: databaseUrl, GATE_PORT: port })
  const line = await gate.line((text) => text.includes('gate is listening'))
  return { port: (JSON.parse(line) as { port: number }).port, kill: () => gate.kill() }
}
