import { query } from './index'

/** Settings without which an answer may be lost that the books already gave. */
const durable = ['fsync', 'full_page_writes', 'synchronous_commit']

/**
 * Refuses to run on a database that could lose or change what was written: durability switched off, or a role that owns
 * the ledger and so could switch its guards off.
 * @throws Error that names the setting and the remedy.
 */
export async function checkDatabase(): Promise<void> {
  const settings = await query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [durable],
  )
  const off = settings.filter(({ setting }) => setting === 'off').map(({ name }) => name)
  if (off.length > 0) {
    throw new Error(
      `PostgreSQL runs with ${off.join(', ')} off, so a crash could lose money. Switch it on and start again.`,
    )
  }
  const [owner] = await query<{ owns: boolean }>(
    `select pg_get_userbyid(relowner) = current_user or (select rolsuper from pg_roles where rolname = current_user) as owns
       from pg_class where oid = 'transfers'::regclass`,
  )
  if (owner?.owns) {
    throw new Error('The database role owns the ledger tables and could switch their guards off. Run as purse_app.')
  }
}
