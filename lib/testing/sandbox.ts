import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startProcess, type TestProcess } from './processes'

export interface TestSandbox {
  url: string
  host: string
  port: number
  /** Ends the server without warning and starts it again on the same port and data. */
  restart: () => Promise<void>
  close: () => Promise<void>
}

/** The local Stripe as a process of its own, on a free port, with empty data. */
export async function aSandbox(): Promise<TestSandbox> {
  const dataDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-sandbox-'))
  let server = await start(0, dataDirectory)
  const { port, href } = server.url
  return {
    url: href.replace(/\/$/, ''),
    host: server.url.hostname,
    port: Number(port),
    restart: async () => {
      await server.process.kill()
      server = await start(Number(port), dataDirectory)
    },
    close: async () => {
      await server.process.kill()
      fs.rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

async function start(port: number, dataDirectory: string): Promise<{ process: TestProcess; url: URL }> {
  const process = startProcess('lib/sandbox/stripe/main.ts', ['--port', String(port), '--data', dataDirectory])
  const address = /https?:\/\/[\w.]+:\d+/
  const line = await process.line((text) => address.test(text))
  return { process, url: new URL(address.exec(line)![0]) }
}
