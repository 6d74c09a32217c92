/** What the figures depend on besides the code. */
import os from 'node:os'
import type { BenchPostgres } from './postgres'

export interface Machine {
  date: string
  cores: number
  processor: string
  memoryGigabytes: number
  node: string
  loadBefore: number
  postgres: Record<string, string>
}

export async function describeMachine(postgres: BenchPostgres): Promise<Machine> {
  const bytesPerGigabyte = 1_000_000_000
  return {
    date: new Date().toISOString(),
    cores: os.availableParallelism(),
    processor: os.cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(os.totalmem() / bytesPerGigabyte),
    node: process.version,
    loadBefore: os.loadavg()[0] ?? 0,
    postgres: await postgres.facts(),
  }
}

/** What makes this machine's figures hard to compare, in sentences. */
export function warningsFor({ cores, loadBefore, postgres }: Machine): string[] {
  const busy = 0.5
  return [
    ...(cores !== 2 ? [`The targets are for 2 cores; this machine has ${cores}.`] : []),
    ...(loadBefore > busy ? [`The machine was busy before the bench began (load ${loadBefore.toFixed(1)}).`] : []),
    ...(postgres.filesystem?.startsWith('memory') ? ['The data lies in memory, so a flush costs nothing here.'] : []),
  ]
}
