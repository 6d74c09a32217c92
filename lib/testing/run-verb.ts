/** Runs one verb in a process of its own: `run-verb.ts lib/domain/purchases buyCredits '{…}'`. Prints what it returns. */
import path from 'node:path'
import { system } from '@/lib/core/actor'
import { closeDatabase } from '@/lib/edges/db'

const [concept = '', verb = '', input = '{}'] = process.argv.slice(2)
const door = await import(path.join(import.meta.dirname, '../..', concept, 'index.ts'))
const given = JSON.parse(input, (key, value) => (key === 'createdAt' ? new Date(value) : value))
console.log(JSON.stringify({ result: (await door[verb](system('test'), given)) ?? null }))
await closeDatabase()
