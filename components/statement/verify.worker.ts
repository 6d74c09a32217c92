/** Reads the proof from the server as it streams and checks it, away from the page's own thread. */
import { verifyProof } from '@/lib/domain/statement/proof/rules'
import type { VerifyNews, VerifyOrder } from './verify-messages'

const tell = (news: VerifyNews) => postMessage(news)

addEventListener('message', (event: MessageEvent<VerifyOrder>) => {
  verify(event.data).catch(() => tell({ kind: 'failed', refusal: null }))
})

async function verify({ url, shown, remembered, earlier }: VerifyOrder): Promise<void> {
  const startedAt = performance.now()
  if (earlier) {
    const report = await verifyProof(partsOf(earlier.stream()), {
      onProgress: ({ transfers }) => tell({ kind: 'progress', transfers, isEarlier: true }),
    })
    if (report.problemCount > 0) return tell({ kind: 'earlier_broken', report })
  }
  const answer = await fetch(url, { cache: 'no-store' })
  if (!answer.ok || !answer.body) {
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    return tell({ kind: 'failed', refusal: { status: answer.status, body } })
  }
  const report = await verifyProof(partsOf(answer.body), {
    shown,
    remembered: remembered ?? undefined,
    earlier: earlier ? partsOf(earlier.stream()) : undefined,
    onProgress: ({ transfers }) => tell({ kind: 'progress', transfers, isEarlier: false }),
  })
  tell({ kind: 'done', report, seconds: (performance.now() - startedAt) / 1000 })
}

/** A stream's parts; not every browser lets a stream be iterated. */
async function* partsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
