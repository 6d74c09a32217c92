import { query } from '@/lib/edges/db'

/** What people call each model that was ever priced, by its id. A model that nobody named is missing: show its id. */
export async function readModelNames(): Promise<Map<string, string>> {
  const rows = await query<{ model: string; name: string }>('select model, name from models')
  return new Map(rows.map(({ model, name }) => [model, name]))
}
