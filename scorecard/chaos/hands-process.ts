/** Hands in a process of their own, with the webhook door. Takes deeds as lines on stdin; dies at the point it is told. */
import readline from 'node:readline'
import { env } from '@/lib/edges/env'
import { openDoor } from '@/lib/testing/door'
import { type Deed, perform } from './deeds'

interface Order {
  number: number
  deed: Deed
  crashAt: string | null
}

await openDoor(Number(process.env.CHAOS_DOOR_PORT))
console.log(JSON.stringify({ ready: true }))
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { number, deed, crashAt } = JSON.parse(line) as Order
  if (crashAt) process.env.CRASH_AT = crashAt
  else delete process.env.CRASH_AT
  const result = await perform(deed, env().DATABASE_URL)
  console.log(JSON.stringify({ number, result }, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
}
