/**
 * What acts for the customers, the operators and the worker. In the clean run it is this process; in the rough one a process of
 * its own, which dies where it is told to and is started anew.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MoneyIn } from '@/lib/testing/money-in'
import { startProcess, type TestProcess } from '@/lib/testing/processes'
import { freePort } from '../../scripts/run/ports.mjs'
import { unlockJobs } from '../queue'
import type { Random } from '../random'
import { errorsIn, secretsIn } from '../watch-logs'
import { pointsOf } from './crash-points'
import { type Deed, type DeedResult, perform } from './deeds'

export interface Hands {
  /** Does it. died: the process was killed on the way, and what came of it is unknown. */
  do: (deed: Deed) => Promise<DeedResult | { kind: 'died' }>
  /** The same, again and again until it is neither killed nor told that Stripe is away. Only for what may be repeated. */
  insist: (deed: Deed) => Promise<DeedResult>
  /** From now on nothing is killed. */
  calm: () => void
  close: () => Promise<void>
}

export const calmHands = (world: MoneyIn): Hands => {
  const act = (deed: Deed) => perform(deed, world.databaseUrl)
  return { do: act, insist: act, calm: () => {}, close: async () => {} }
}

const mostDeaths = 8

/** A process with the webhook door, killed at random crash points. `killed` is told where. */
export async function mortalHands(world: MoneyIn, random: Random, killed: string[]): Promise<Hands> {
  const port = await freePort()
  await listenAt(world, port)
  const env = { ...world.env, LOG_LEVEL: 'info', CHAOS_DOOR_PORT: String(port) }
  const start = async () => {
    const started = startProcess('scorecard/chaos/hands-process.ts', [], env)
    await started.line((line) => line.includes('"ready"'), 120)
    return started
  }
  let running = await start()
  let isCalm = false
  let number = 0

  const act = async (deed: Deed): Promise<DeedResult | { kind: 'died' }> => {
    const mayDie = !isCalm && killed.length < mostDeaths && random.chance(0.7)
    const crashAt = mayDie ? `${random.pick(pointsOf(deed))}:${random.chance(0.8) ? 1 : 2}` : null
    number += 1
    running.send({ number, deed, crashAt })
    const result = await Promise.race([answerOf(running, number), running.exit.then(() => null)])
    if (result) return result
    const { code, stderr } = await running.exit
    if (code !== null) throw new Error(`The process ended with ${code}: ${stderr}`)
    killed.push(crashAt ?? 'somewhere')
    inspect(running)
    running = await start()
    await sleep(200) // its connections end with it
    await unlockJobs(world.databaseUrl)
    return { kind: 'died' }
  }
  const insist = async (deed: Deed): Promise<DeedResult> => {
    for (let times = 0; times < 20; times++) {
      const result = await act(deed)
      if (result.kind === 'died' || (result.kind === 'refused' && isPassing(result.code))) {
        if (times > 3) await world.heal()
        continue
      }
      return result
    }
    throw new Error(`${deed.kind} was never done`)
  }
  return {
    do: act,
    insist,
    calm: () => {
      isCalm = true
    },
    close: async () => {
      await running.kill()
      inspect(running)
    },
  }
}

export const isPassing = (code: string): boolean =>
  ['payment_provider_unavailable', 'temporarily_unavailable'].includes(code)

async function answerOf(running: TestProcess, number: number): Promise<DeedResult> {
  const line = await running
    .line((text) => text.startsWith(`{"number":${number},`), 120)
    .catch((error: Error) => {
      if (error.message.includes('ended with')) return new Promise<never>(() => {}) // its end is waited for besides
      throw error
    })
  return (JSON.parse(line) as { result: DeedResult }).result
}

/** Nothing that the process logged may hold a secret, nor tell of what nobody had thought of. */
function inspect(ended: TestProcess): void {
  const lines = ended.messages.map((message) => JSON.stringify(message))
  const secrets = secretsIn(lines.join('\n'))
  if (secrets.length > 0) throw new Error(`A secret was logged: ${secrets[0]!.slice(0, 12)}…`)
  const surprises = errorsIn(lines).filter((line) => !/of Stripe|Stripe did not|could not be/.test(line))
  if (surprises.length > 0) throw new Error(`Unexpected errors in the log: ${surprises.join('; ')}`)
}

/** Makes the local Stripe send its events to a port instead. */
async function listenAt(world: MoneyIn, port: number): Promise<void> {
  const headers = { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' }
  const list = await fetch(`${world.sandboxUrl}/v1/webhook_endpoints`, { headers })
  const { data } = (await list.json()) as { data: { id: string }[] }
  const url = `http://127.0.0.1:${port}/`
  const answer = await fetch(`${world.sandboxUrl}/v1/webhook_endpoints/${data[0]!.id}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ url }).toString(),
  })
  if (!answer.ok) throw new Error(await answer.text())
}
