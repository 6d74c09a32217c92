import { spawn } from 'node:child_process'
import { projectRoot } from './folders.mjs'
import { lastLines, Problem, withoutAddresses } from './say.mjs'

/**
 * Runs a program to its end and returns what it printed. Its output is shown only if it fails, as a Problem
 * (the last `linesShown` lines, addresses cut out).
 */
export async function run(title, program, args, { env = process.env, linesShown = 30 } = {}) {
  const { code, output, stdout } = await capture(program, args, { env })
  if (code === 0) return stdout
  throw new Problem(`${title} failed:\n${withoutAddresses(lastLines(output, linesShown))}`)
}

const active = new Set()
process.on('exit', () => {
  for (const child of active) child.kill()
})

/** Runs a program to its end, whatever that is. It ends with us. */
export function capture(program, args, { env = process.env, echo = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
    active.add(child)
    let output = ''
    let stdout = ''
    const take = (data, stream) => {
      output += data
      if (stream === process.stdout) stdout += data
      if (echo) stream.write(data)
    }
    child.stdout.on('data', (data) => take(data, process.stdout))
    child.stderr.on('data', (data) => take(data, process.stderr))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      active.delete(child)
      resolve({ code: code ?? 1, signal, output, stdout })
    })
  })
}

/** The script that a package installs under this name, to be run by Node. */
export const binOf = { next: 'node_modules/next/dist/bin/next', prisma: 'node_modules/prisma/build/index.js' }
