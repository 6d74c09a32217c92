import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres } from './postgres.mjs'
import { freePort } from './run/ports.mjs'
import { untilGone } from './run/processes.mjs'
import { makeScratchFolder } from './run/scratch.mjs'

let folder: string
let dataDirectory: string

beforeAll(async () => {
  folder = await makeScratchFolder()
  dataDirectory = path.join(folder, 'postgres')
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const start = async () => startPostgres({ dataDirectory, port: await freePort() })

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('a second start takes the running server over', async () => {
  const first = await start()
  const second = await start()
  expect(second).toMatchObject({ isAdopted: true, pid: first.pid, port: first.port })
  await second.stop()
  expect(fs.existsSync(path.join(dataDirectory, 'postmaster.pid'))).toBe(false)
})

test('what was committed is there after kill -9', async () => {
  const server = await start()
  await ask(server.url('postgres'), 'create table kept as select 42 as answer')
  process.kill(server.pid, 'SIGKILL')
  await untilGone(server.pid, 10)

  const again = await start()
  expect(again.isAdopted).toBe(false)
  expect(await ask(again.url('postgres'), 'select answer from kept')).toEqual([{ answer: 42 }])
  await again.stop()
})

test('a lock file whose pid belongs to another program by now does not stop it', async () => {
  const others = `${process.pid}\n${dataDirectory}\n0\n5432\n\n127.0.0.1\n0 0\nready   \n`
  fs.writeFileSync(path.join(dataDirectory, 'postmaster.pid'), others)
  const server = await start()
  expect(server.isAdopted).toBe(false)
  await server.stop()
})

test('durability is on', async () => {
  const server = await start()
  const settings = "name in ('fsync', 'synchronous_commit', 'full_page_writes')"
  const rows = await ask(server.url('postgres'), `select setting from pg_settings where ${settings}`)
  expect(rows.map(({ setting }) => setting)).toEqual(['on', 'on', 'on'])
  await server.stop()
})

test('a folder that holds other files is left alone', async () => {
  const other = path.join(folder, 'documents')
  fs.mkdirSync(other)
  fs.writeFileSync(path.join(other, 'letter.txt'), 'Dear Ada')
  await expect(startPostgres({ dataDirectory: other, port: await freePort() })).rejects.toThrow('holds files')
  expect(fs.readFileSync(path.join(other, 'letter.txt'), 'utf8')).toBe('Dear Ada')
})
