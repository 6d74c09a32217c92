/** One run of auto top-up for ACCOUNT_ID, in a process of its own: where CRASH_AT says, it dies as by kill -9. */
import { system } from '@/lib/core/actor'
import { runAutoTopUp } from '@/lib/domain/auto-top-up'
import { closeDatabase } from '@/lib/edges/db'

console.log(JSON.stringify(await runAutoTopUp(system('runner'), { accountId: process.env.ACCOUNT_ID! })))
await closeDatabase()
