'use client'

import { type MouseEvent, type ReactNode, useRef, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import { Problem } from '../api'
import { Button } from '../ui/button'
import { buttonLook } from '../ui/button-look'
import { Meter } from '../ui/meter'
import { useProblemWords } from '../use-problem-words'

type State =
  | { kind: 'idle' | 'done' }
  /** `reason`: what the server said, where it said something. */
  | { kind: 'failed'; reason: string | null }
  /** `of`: how many lines there will be, where the server knows. */
  | { kind: 'running'; lines: number; of: number | null }

/** More lines than this go straight to the disk, with the browser's own progress: they would fill the page's memory. */
const mostLinesInMemory = 300_000
/** The same of a file whose lines nobody knows beforehand. */
const mostBytesInMemory = 50_000_000
const lineFeed = 10

/**
 * A link to a file. While it is small enough for the page's memory, pressing it shows how far the file is, and a button that stops
 * it; without a script, or for a very large file, it is an ordinary download.
 */
export function ExportLink({ href, label }: { href: string; label: ReactNode }) {
  const t = useTexts('usage.download')
  const wordsOf = useProblemWords()
  const f = useFormats()
  const [state, setState] = useState<State>({ kind: 'idle' })
  const running = useRef<AbortController | null>(null)

  const start = async (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    const stop = new AbortController()
    running.current = stop
    setState({ kind: 'running', lines: 0, of: null })
    try {
      const isWhole = await fetchFile(href, stop, (lines, of) => setState({ kind: 'running', lines, of }))
      setState({ kind: isWhole ? 'done' : 'idle' })
    } catch (error) {
      const reason = error instanceof Problem ? wordsOf(error) : null
      setState(stop.signal.aborted ? { kind: 'idle' } : { kind: 'failed', reason })
    }
  }

  return (
    <div className="flex flex-col gap-2">
      <a href={href} download onClick={start} className={buttonLook('secondary')}>
        {label}
      </a>
      {state.kind === 'running' && (
        <div className="flex items-center gap-3">
          <div
            role="progressbar"
            aria-label={t('progress')}
            aria-valuemin={0}
            aria-valuemax={state.of ?? undefined}
            aria-valuenow={state.of ? state.lines : undefined}
            className="min-w-0 flex-1"
          >
            <Meter label={t('progress')} percent={state.of ? (state.lines / state.of) * 100 : 0} tone="accent" />
            <p className="mt-1 text-xs text-muted">
              {state.of
                ? t('linesOf', { lines: f.number(state.lines), of: f.number(state.of) })
                : t('lines', { lines: f.number(state.lines) })}
            </p>
          </div>
          <Button onClick={() => running.current?.abort()}>{t('stop')}</Button>
        </div>
      )}
      <p role="status" className={state.kind === 'idle' || state.kind === 'running' ? 'sr-only' : 'text-xs text-muted'}>
        {state.kind === 'done' && t('done')}
        {state.kind === 'failed' && (state.reason ?? t('failed'))}
      </p>
    </div>
  )
}

/** Reads the file and hands it to the person. False: it is so large that the browser was asked to save it by itself. */
async function fetchFile(
  href: string,
  stop: AbortController,
  onProgress: (lines: number, of: number | null) => void,
): Promise<boolean> {
  const response = await fetch(href, { signal: stop.signal, cache: 'no-store' })
  if (response.status === 401)
    location.assign(`/sign-in?from=${encodeURIComponent(location.pathname + location.search)}`)
  if (!response.ok || !response.body) throw new Problem(response.status, await response.json().catch(() => ({})))
  const known = Number(response.headers.get('x-row-count') ?? Number.NaN)
  const of = Number.isFinite(known) && known > 0 ? known : null
  if (of !== null && of > mostLinesInMemory) {
    stop.abort()
    save(href, '')
    return false
  }
  const parts: Uint8Array<ArrayBuffer>[] = []
  let lines = -1 // the first one is the header
  let bytes = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    bytes += value.length
    if (bytes > mostBytesInMemory) {
      stop.abort()
      save(href, '')
      return false
    }
    for (const byte of value) if (byte === lineFeed) lines += 1
    onProgress(Math.max(lines, 0), of === null ? null : Math.max(of, lines))
  }
  const url = URL.createObjectURL(new Blob(parts, { type: response.headers.get('content-type') ?? '' }))
  save(url, /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'export')
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
  return true
}

function save(href: string, fileName: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = fileName
  document.body.append(link)
  link.click()
  link.remove()
}
