/** Rows of before a migration stay what they were, and read as the rules of after it say. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { migrate } from '@/lib/edges/db/migrate'
import { aDatabase } from '@/lib/testing/database'
import { asAdmin, databaseUrl } from '@/lib/testing/template'

const migrations = path.join(import.meta.dirname, 'migrations')

/** A database of its own as it was before the named migration, and the way on from there. */
async function before(name: string, work: (client: pg.Client, upgrade: () => Promise<string[]>) => Promise<void>) {
  const { url: elsewhere, close } = await aDatabase()
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-upgrade-'))
  const adminUrl = databaseUrl(elsewhere, 'postgres')
  const database = `upgrade_${path.basename(directory).slice(-6).toLowerCase()}`
  const url = databaseUrl(elsewhere, database)
  await asAdmin(adminUrl, `create database ${database}`)
  const client = new pg.Client({ connectionString: url })
  try {
    for (const earlier of fs.readdirSync(migrations).filter((each) => /^\d/.test(each) && each < name)) {
      fs.cpSync(path.join(migrations, earlier), path.join(directory, earlier), { recursive: true })
    }
    await migrate(url, directory)
    await client.connect()
    await work(client, () => migrate(url))
  } finally {
    await client.end()
    fs.rmSync(directory, { recursive: true, force: true })
    await asAdmin(adminUrl, `drop database if exists ${database} with (force)`)
    await close()
  }
}

test('usage of before API keys is the account’s alone, in every table, and rollups go on from it', {
  timeout: 60_000,
}, async () => {
  await before('0011_usage_facts', async (client, upgrade) => {
    const account = '019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10'
    await client.query(
      `insert into usage_days values ('${account}', current_date, 'm', 2, 3, 1, 4, 50);
       insert into usage_hours values ('${account}', date_trunc('hour', now()), 'm', 2, 3, 1, 4, 50);
       insert into holds (account_id, hold_id, idempotency_key, request_hash, amount, state, created_at, expires_at)
         values ('${account}', gen_random_uuid(), 'k', '', 5, 'open', now(), now());
       insert into usage_events (account_id, event_key, month, model, input_tokens, cached_input_tokens, output_tokens, amount, recorded_at)
         values ('${account}', gen_random_uuid(), date_trunc('month', now() at time zone 'UTC'), 'm', 3, 1, 4, 0, now());`,
    )
    expect(await upgrade()).toContain('0011_usage_facts')

    const facts = async (table: string) => (await client.query(`select key_id, member_id, tag from ${table}`)).rows
    const nil = '00000000-0000-0000-0000-000000000000'
    for (const table of ['usage_days', 'usage_hours']) {
      expect(await facts(table)).toEqual([{ key_id: nil, member_id: nil, tag: '' }])
      const column = table === 'usage_days' ? 'day' : 'hour'
      await client.query(
        `insert into ${table} as r select * from ${table}
         on conflict (account_id, ${column}, model, key_id, member_id, tag) do update set amount = r.amount + excluded.amount`,
      )
      const { rows } = await client.query(`select events, input_tokens, output_tokens, amount from ${table}`)
      expect(rows).toEqual([{ events: '2', input_tokens: '3', output_tokens: '4', amount: '100' }])
    }
    for (const table of ['holds', 'usage_events']) {
      expect(await facts(table)).toEqual([{ key_id: null, member_id: null, tag: null }])
    }
    // Nobody is a member's without a key, and a tag is something.
    for (const change of [`member_id = gen_random_uuid()`, `tag = ''`, `tag = repeat('x', 65)`, `tag = E'a\\u0085'`]) {
      await expect(client.query(`update holds set ${change}`)).rejects.toThrow(
        /violates check constraint "holds_(member|tag)"/,
      )
    }
    await client.query(`update holds set tag = repeat('ü', 64)`)
  })
})
