import pg from 'pg'
import { expect, test } from 'vitest'
import { aDatabase } from './database'

test('each test has a migrated database of its own, and it is gone when closed', async () => {
  const [one, other] = await Promise.all([aDatabase(), aDatabase()])
  const client = new pg.Client({ connectionString: one.url })
  await client.connect()
  const { rows } = await client.query(
    'select count(*)::int as count from _prisma_migrations where finished_at is not null',
  )
  expect(rows[0].count).toBeGreaterThan(0)
  await client.query('create table mine (id int)')
  await client.end()

  const stranger = new pg.Client({ connectionString: other.url })
  await stranger.connect()
  await expect(stranger.query('select * from mine')).rejects.toThrow('does not exist')
  await stranger.end()

  await Promise.all([one.close(), other.close()])
  await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow('does not exist')
})
