import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../scripts/postgres.mjs'
import { freePort } from '../../scripts/run/ports.mjs'
import { makeScratchFolder } from '../../scripts/run/scratch.mjs'
import { makeTemplate } from './template'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers every request with the `TestCluster` as JSON; the first request starts PostgreSQL. */
    testClusterUrl: string
  }
}

/** One PostgreSQL for all tests of a run, started when the first test asks for a database, and gone afterwards. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let running: ReturnType<typeof startCluster> | undefined
  const door = http.createServer((_request, response) => {
    running ??= startCluster()
    running.then(
      ({ cluster }) => response.end(JSON.stringify(cluster)),
      (error: Error) => response.writeHead(500).end(error.stack),
    )
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  project.provide('testClusterUrl', `http://127.0.0.1:${(door.address() as AddressInfo).port}`)

  return async () => {
    door.close()
    door.closeAllConnections()
    await (await running)?.stop()
  }
}

async function startCluster() {
  const folder = await makeScratchFolder()
  const postgres = await startPostgres({
    dataDirectory: path.join(folder, 'postgres'),
    port: await freePort(),
    logFile: path.join(folder, 'postgres.log'),
    settings: { max_connections: 400 },
  })
  const stop = async () => {
    await postgres.stop()
    fs.rmSync(postgres.dataDirectory, { recursive: true, force: true })
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { cluster: await makeTemplate(postgres.url('postgres')), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
