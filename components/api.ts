/** How the browser talks to our own doors: GET reads, POST writes, and a refusal arrives as a Problem. */

interface ProblemBody {
  code?: string
  title?: string
  detail?: string
  field?: string
  [fact: string]: unknown
}

/** An answer of no, in words for the person: `message` says what happened and what to do. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: string
  /** The input that was refused, if it was one. */
  readonly field: string | undefined
  /** What else the answer said, such as a limit. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    readonly status: number,
    body: ProblemBody,
  ) {
    super(body.detail ?? body.title ?? 'The server could not do this. Nothing was changed; please try again.')
    this.code = body.code ?? 'unknown'
    this.field = body.field
    this.facts = body
  }
}

async function read<T>(response: Response): Promise<T> {
  // 204 says that it is done, and nothing more.
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  // A session that ended elsewhere: sign-in brings the person back here.
  if (response.status === 401) location.assign(`/sign-in?from=${encodeURIComponent(location.pathname)}`)
  const body = (await response.json().catch(() => ({}))) as ProblemBody
  throw new Problem(response.status, body)
}

const unreachable = {
  code: 'unreachable',
  title: 'Purse could not be reached. Check your connection and try again.',
}

async function request<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(url, { ...init, cache: 'no-store' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Problem(0, unreachable)
  }
  return read<T>(response)
}

export const getJson = <T>(url: string, signal?: AbortSignal): Promise<T> => request<T>(url, { signal: signal ?? null })

/** `keepalive`: it is sent even if the person leaves the page meanwhile. */
export const postJson = <T>(url: string, body: object = {}, { keepalive = false } = {}): Promise<T> =>
  request<T>(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    keepalive,
  })

/** The address of one of an account's doors, e.g. `accountUrl(id, 'purchases')`. */
export const accountUrl = (accountId: string, path: string): string => `/api/accounts/${accountId}/${path}`
