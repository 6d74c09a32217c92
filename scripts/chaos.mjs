// npm run chaos: sets up what is missing, then plays chaos (scorecard/chaos/main.ts names the options).
import './setup/node-version.mjs'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { projectRoot } from './run/folders.mjs'
import { generateClient } from './setup/build.mjs'
import { installDependencies } from './setup/install.mjs'

await installDependencies({ development: true })
await generateClient()
const args = ['--import', 'tsx', path.join('scorecard', 'chaos', 'main.ts'), ...process.argv.slice(2)]
const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.once('close', (code, signal) => {
  process.exitCode = code ?? (signal ? 130 : 2)
})
