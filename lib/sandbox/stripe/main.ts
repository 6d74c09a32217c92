/** Runs the Stripe sandbox as its own process: `node --import tsx lib/sandbox/stripe/main.ts --port 4010 --data DIR`. */
import { parseArgs } from 'node:util'
import { startSandbox } from './index'

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } })
const port = Number(values.port ?? process.env.SANDBOX_PORT)
const dataDir = values.data ?? process.env.SANDBOX_DATA_DIR

if (!Number.isInteger(port) || port < 0 || port > 65_535 || !dataDir) {
  stopWith('Say where to listen and where to keep data: --port N --data DIR (or SANDBOX_PORT and SANDBOX_DATA_DIR).')
}

try {
  const sandbox = await startSandbox({ port, dataDir, publicUrl: process.env.SANDBOX_PUBLIC_URL })
  console.log(`Stripe sandbox listening on ${sandbox.url}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void sandbox.close().then(() => process.exit(0))
    })
  }
} catch (error) {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  stopWith(isTaken ? `Port ${port} is taken by another program.` : (error as Error).message)
}

process.on('uncaughtException', (error) => stopWith(`The Stripe sandbox stops: ${error.message}`))

function stopWith(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
