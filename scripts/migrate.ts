// Brings the database of DATABASE_URL up to date and prints the names of the migrations applied, one a line.
import { migrate } from '@/lib/edges/db/migrate'

const url = process.env.DATABASE_URL
if (!url) throw new Error('Set DATABASE_URL.')
try {
  for (const name of await migrate(url)) console.log(name)
} catch (error) {
  console.error((error as Error).message || String(error))
  process.exitCode = 1
}
