import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { commandOf } from './processes.mjs'

/** A port that nobody uses just now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Whether a server could listen there now. Throws for other reasons than "in use", such as a port below 1024. */
export function isFree(port, host) {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** Who listens on the port, as "pid 123 (node server.js)", or '' where the system does not say. */
export function listenerOn(port) {
  const pid = process.platform === 'linux' ? pidFromProc(port) : pidFromLsof(port)
  return pid ? `pid ${pid} (${commandOf(pid).slice(0, 80)})` : ''
}

function pidFromProc(port) {
  try {
    const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
    const isListening = '0A'
    const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => fs.readFileSync(file, 'utf8')).join('\n')
    const rows = tables.split('\n').map((line) => line.trim().split(/\s+/))
    const inode = rows.find((row) => row[1]?.endsWith(`:${hexPort}`) && row[3] === isListening)?.[9]
    return inode ? pidWithSocket(`socket:[${inode}]`) : null
  } catch {
    return null
  }
}

function pidWithSocket(socket) {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const folder = `/proc/${pid}/fd`
    let files = []
    try {
      files = fs.readdirSync(folder)
    } catch {
      continue // another user's process
    }
    if (files.some((file) => linkOf(`${folder}/${file}`) === socket)) return Number(pid)
  }
  return null
}

function linkOf(file) {
  try {
    return fs.readlinkSync(file)
  } catch {
    return ''
  }
}

function pidFromLsof(port) {
  try {
    const out = execFileSync('lsof', ['-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' })
    return Number(out.trim().split('\n')[0]) || null
  } catch {
    return null
  }
}
