import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from '@/lib/testing/database'
import { migrate } from './migrate'

let database: TestDatabase
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-migrations-'))

beforeAll(async () => {
  database = await aDatabase()
})
afterAll(async () => {
  await database.close()
  fs.rmSync(directory, { recursive: true, force: true })
})

function write(name: string, sql: string) {
  fs.mkdirSync(path.join(directory, name), { recursive: true })
  fs.writeFileSync(path.join(directory, name, 'migration.sql'), sql)
}

async function rowsOf(sql: string) {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('the project’s own migrations have been applied, and are not applied again', async () => {
  expect(await migrate(database.url)).toEqual([])
})

test('two starts at once apply a migration once', async () => {
  write('9001_parcels', 'create table parcels (id int primary key); insert into parcels values (1);')
  const applied = await Promise.all([migrate(database.url, directory), migrate(database.url, directory)])
  expect(applied.flat()).toEqual(['9001_parcels'])
  expect(await rowsOf('select * from parcels')).toHaveLength(1)
})

test('one that fails leaves nothing behind and is named with its line', async () => {
  write('9002_letters', 'create table letters (id int);\n\ninsert into leters values (1);')
  await expect(migrate(database.url, directory)).rejects.toThrow('9002_letters (line 3) failed: relation "leters"')
  expect(await rowsOf("select to_regclass('letters') as letters")).toEqual([{ letters: null }])

  write('9002_letters', 'create table letters (id int);')
  expect(await migrate(database.url, directory)).toEqual(['9002_letters'])
})

test('one that was edited after it had been applied is an error', async () => {
  write('9001_parcels', 'create table parcels (id bigint primary key);')
  await expect(migrate(database.url, directory)).rejects.toThrow('9001_parcels was edited')
})
