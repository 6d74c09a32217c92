/** The double-entry peer: our own SQL of pgledger's pattern, or pgledger's own file. */
import fs from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { closedLoop, type Work } from '../load'
import { Connections } from '../postgres'
import { accountIdOf, accountIds } from '../traffic'

const schema = 'pairs'
const connectionCounts = [1, 4, 16, 64]
/** Where the best of them was found on every machine so far. */
const quickConnectionCounts = [4, 16]

export interface PairLedger {
  /** How results name it. */
  name: string
  /** Makes its tables and accounts in the template. */
  install: (client: pg.Client) => Promise<void>
}

/** @param files pgledger's own SQL, in the order in which it is to be run; none: our own. */
export function pairLedger(files: readonly string[]): PairLedger {
  const isTheirs = files.length > 0
  const sources = isTheirs ? files : [path.join(import.meta.dirname, 'pairs.sql')]
  return {
    name: isTheirs ? 'pgledger' : 'pgledger-style',
    install: async (client) => {
      await client.query(`create schema ${schema}; set search_path = ${schema}, public`)
      for (const source of sources) await client.query(fs.readFileSync(source, 'utf8'))
      const ids = [accountIdOf('hot'), ...accountIds('uniform')]
      if (isTheirs) {
        await client.query('create table theirs (n int, id text)')
        await client.query(
          `insert into theirs select n, (pgledger_create_account(name, 'USD')).id from unnest($1::text[]) with ordinality as u(name, n)`,
          [ids],
        )
      } else {
        await client.query('insert into accounts (id) select unnest($1::uuid[])', [ids])
      }
      await client.query('reset search_path')
    },
  }
}

/** Runs transfers over a few connections. */
export class Pairs {
  private constructor(
    private readonly connections: Connections,
    private readonly ids: string[],
    private readonly text: string,
  ) {}

  static async open(url: string, count: number): Promise<Pairs> {
    const connections = await Connections.open(url, count)
    const client = connections.at(0)
    const isTheirs = (await client.query(`select to_regclass('${schema}.theirs') is not null as yes`)).rows[0].yes
    const source = isTheirs ? `select id from ${schema}.theirs order by n` : null
    const ids = source ? (await client.query(source)).rows.map(({ id }) => id as string) : ownIds()
    const call = isTheirs ? `pgledger_create_transfer($1, $2, '0.01')` : `create_transfer($1, $2, 10000)`
    for (let number = 0; number < count; number++) {
      await connections.at(number).query(`set search_path = ${schema}, public`)
    }
    return new Pairs(connections, ids, `select 1 from ${call}`)
  }

  /** Between two random accounts, or from the hot account to a random one. */
  transfer(accounts: 'uniform' | 'hot', connectionCount: number): Work {
    return (seconds) =>
      closedLoop(connectionCount, seconds, async (caller) => {
        const from = accounts === 'hot' ? 0 : this.randomPlace()
        let to = this.randomPlace()
        while (to === from) to = this.randomPlace()
        const values = [this.ids[from], this.ids[to]]
        await this.connections.at(caller).query({ name: 'transfer', text: this.text, values })
        return 1
      })
  }

  /** Tries each count of connections and returns the work at the best of them, with what each reached. */
  async best(
    accounts: 'uniform' | 'hot',
    { isQuick, seconds }: { isQuick: boolean; seconds: number },
  ): Promise<{ work: Work; note: string }> {
    const tried: { count: number; perSecond: number }[] = []
    for (const count of isQuick ? quickConnectionCounts : connectionCounts) {
      tried.push({ count, perSecond: (await this.transfer(accounts, count)(seconds / 2)).perSecond })
    }
    const best = tried.reduce((a, b) => (b.perSecond > a.perSecond ? b : a))
    const all = tried.map(({ count, perSecond }) => `${count}: ${Math.round(perSecond)}`).join(', ')
    return { work: this.transfer(accounts, best.count), note: `best at ${best.count} connections (${all} a second)` }
  }

  /** The first account is the hot one. */
  private randomPlace(): number {
    return 1 + Math.floor(Math.random() * (this.ids.length - 1))
  }

  close(): Promise<void> {
    return this.connections.close()
  }
}

export const mostPairConnections = Math.max(...connectionCounts)

const ownIds = () => [accountIdOf('hot'), ...accountIds('uniform')]
