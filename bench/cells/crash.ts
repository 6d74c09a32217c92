/** G12: PostgreSQL ends without a word under full load, comes back, and nothing that was promised is missing. */
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, type Context, ownDatabase } from '../cell'
import { InProcessGate, inFlight } from '../gate'
import { withClient } from '../postgres'
import { traffic } from '../traffic'

interface Promised {
  /** Keys of events that callers were told had been taken. */
  events: string[]
  holds: string[]
  /** Holds that callers were told had been settled. */
  settled: string[]
}

export const crash: Cell = {
  cell: 'G12',
  title: 'immediate stop of PostgreSQL under load, then restart',
  run: async (context) => {
    const times = context.settings.isQuick ? 1 : 3
    const url = await ownDatabase(context)
    const promised: Promised = { events: [], holds: [], settled: [] }
    for (let time = 1; time <= times; time++) {
      context.say(`G12: stop ${time} of ${times}`)
      await loadUntilStopped(context, url, promised)
    }
    const lost = await missing(url, promised)
    const books = await checkCellBooks(url, null)
    return {
      cell: 'G12',
      title: crash.title,
      samples: {
        'G12 acknowledged and lost after an immediate stop': [lost],
        'G12 accounts overspent after an immediate stop': [books.overspent],
        'G12 accounts whose sums differ after an immediate stop': [books.sumsThatDiffer],
      },
      books,
      problems: [...problemsOf(books), ...(lost > 0 ? [`${lost} acknowledged writes are lost`] : [])],
      notes: [
        `${times} stop${times === 1 ? '' : 's'}: ${(promised.events.length + promised.settled.length).toLocaleString('en')} events and ${promised.holds.length.toLocaleString('en')} holds acknowledged; ${books.events.toLocaleString('en')} events and ${books.holds.toLocaleString('en')} holds present (those beyond the acknowledged were committed when the answer could no longer be given).`,
      ],
    }
  },
}

/** Half of the load on the hot account, half on accounts that run dry; every fourth request a hold. */
async function loadUntilStopped({ postgres, settings, defer }: Context, url: string, promised: Promised) {
  const gate = InProcessGate.open(url)
  const close = () => gate.close().catch(() => {})
  defer(close)
  const mixes = [traffic({ accounts: 'hot' }), traffic({ accounts: 'small' })]
  let isOver = false
  const caller = async (number: number) => {
    const requests = mixes[number % 2]!
    while (!isOver) {
      const request = requests.next()
      const event = request.events[0]!
      if (number % 4 < 2) {
        const accepted = await gate.record(request)
        if (accepted > 0) promised.events.push(event.eventId)
      } else {
        const holdId = await gate.hold(request.accountId, event)
        if (!holdId) continue
        promised.holds.push(holdId)
        await gate.settle(request.accountId, holdId, event)
        promised.settled.push(holdId)
      }
    }
  }
  // Each caller ends with the error that the stop gives it; what matters is what it was told before.
  const callers = Promise.allSettled(Array.from({ length: inFlight }, (_, number) => caller(number)))
  await new Promise((resolve) => setTimeout(resolve, settings.seconds * 1500))
  await postgres.crash()
  isOver = true
  await callers
  await close()
  await postgres.restart()
}

const missing = (url: string, { events, holds, settled }: Promised) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ lost: string }>(
      `select (select count(*) from unnest($1::uuid[]) as key where not exists (select from usage_events where event_key = key))
            + (select count(*) from unnest($2::uuid[]) as id where not exists (select from holds where hold_id = id))
            + (select count(*) from unnest($3::uuid[]) as id where not exists (select from usage_events e where e.hold_id = id)) as lost`,
      [events, holds, settled],
    )
    return Number(rows[0]!.lost)
  })
