/** G12: the gate is killed at full load over HTTP and started again; what was not answered is asked again under the same keys. */
import { checkCellBooks, problemsOf } from '../books'
import { type Cell, type Context, ownDatabase } from '../cell'
import { HttpClient, startGate } from '../http/processes'
import { withClient } from '../postgres'
import { accountIdOf, type BenchEvent, type BenchRequest } from '../traffic'

/** Besides the unanswered, so many of the answered are asked again: a repeat changes nothing. */
const answeredAgain = 256

export const gateCrash: Cell = {
  cell: 'G12',
  title: 'kill -9 of the gate under load over HTTP, then restart',
  run: async (context) => {
    const { settings, say } = context
    const times = settings.isQuick ? 1 : 3
    const url = await ownDatabase(context)
    const client = HttpClient.start(context)
    const asked = { answered: [] as string[], unanswered: [] as BenchRequest[] }
    const repeats = { accepted: 0, duplicates: 0, wrong: 0 }
    let gate = await startGate(context, url)
    for (let time = 1; time <= times; time++) {
      say(`G12: kill ${time} of ${times}`)
      const load = client.workUntilLost(gate.port, { accounts: 'hot' })
      await new Promise((resolve) => setTimeout(resolve, 1000 + settings.seconds * 1000))
      await gate.process.end('SIGKILL')
      const report = await load
      if (report.failed > 0) throw new Error(`${report.failed} requests failed, the first with ${report.firstFailure}`)
      asked.answered.push(...report.answered)
      asked.unanswered.push(...report.unanswered)
      gate = await startGate(context, url, gate.port)
      for (const { events } of report.unanswered) {
        repeats[await statusOf(context, gate.port, events[0]!)] += 1
        if ((await statusOf(context, gate.port, events[0]!)) !== 'duplicates') repeats.wrong += 1
      }
      // Another usage under a key that was charged is not charged either.
      for (const eventId of report.answered.slice(-answeredAgain)) {
        const status = await statusOf(context, gate.port, { ...anyEvent, eventId })
        if (status === 'accepted') repeats.wrong += 1
      }
    }
    const { lost, twice } = await compare(url, asked)
    const books = await checkCellBooks(url, null)
    const strangers = books.events - asked.answered.length - asked.unanswered.length
    return {
      cell: 'G12',
      title: gateCrash.title,
      samples: {
        'G12 acknowledged and lost after kill -9 of the gate': [lost],
        'G12 charged twice after kill -9 of the gate': [twice + repeats.wrong],
      },
      books,
      problems: [
        ...problemsOf(books),
        ...(lost > 0 ? [`${lost} events are lost`] : []),
        ...(twice + repeats.wrong > 0 ? [`${twice + repeats.wrong} events are charged twice`] : []),
        ...(strangers !== 0 ? [`${strangers} events more than were asked for`] : []),
      ],
      notes: [
        `${times} kill${times === 1 ? '' : 's'}: ${asked.answered.length.toLocaleString('en')} events acknowledged, ${asked.unanswered.length} without an answer. Of these, sent again, ${repeats.duplicates} had been charged and ${repeats.accepted} had not.`,
      ],
    }
  },
}

const anyEvent = { model: 'gpt-oss-20b', inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 }

async function statusOf({ serviceKey }: Context, port: number, event: BenchEvent) {
  const response = await fetch(`http://127.0.0.1:${port}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      account_id: accountIdOf('hot'),
      events: [
        {
          id: event.eventId,
          model: event.model,
          input_tokens: event.inputTokens,
          cached_input_tokens: event.cachedInputTokens,
          output_tokens: event.outputTokens,
        },
      ],
    }),
  })
  const { accepted, duplicates } = (await response.json()) as { accepted: number; duplicates: number }
  if (accepted === 1) return 'accepted'
  return duplicates === 1 ? 'duplicates' : 'wrong'
}

/** `lost`: asked for and not in the books. `twice`: more than one row under a key. */
const compare = (url: string, { answered, unanswered }: { answered: string[]; unanswered: BenchRequest[] }) =>
  withClient(url, async (client) => {
    const keys = [...answered, ...unanswered.map(({ events }) => events[0]!.eventId)]
    const { rows } = await client.query<{ lost: string; twice: string }>(
      `select (select count(*) from unnest($1::uuid[]) as key where not exists (select from usage_events where event_key = key)) as lost,
              (select count(*) from (select from usage_events group by account_id, event_key having count(*) > 1) as t) as twice`,
      [keys],
    )
    return { lost: Number(rows[0]!.lost), twice: Number(rows[0]!.twice) }
  })
