/** How a request becomes a verb call: the one wrapper around every door of the dashboard. */
import * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { countDownload } from '@/lib/domain/members'
import { clientIp, userOfRequest } from '@/lib/edges/session'
import { downloadResponse, isDownload } from './download'
import { invalidInput } from './invalid-input'
import { parseJson } from './json'
import { problemResponse } from './problems'
import { readText } from './read-body'
import { requireSameOrigin } from './same-origin'

const defaultBodyBytes = 64 * 1024

/** Fields named …Id come from the address, all others from the body (POST) or the query (GET). */
type FromUrl<Input> = { [Key in keyof Input as Key extends `${string}Id` ? Key : never]: Input[Key] }
type FromCaller<Input> = Omit<Input, keyof FromUrl<Input>>

interface Settings<Input> {
  /** session: a signed-in person is needed. none: anybody; the verb gets a visitor. */
  auth: 'session' | 'none'
  /** What the caller sends, an object. Fields that it does not name are refused. */
  input?: z.ZodType<FromCaller<Input>>
  maxBodyBytes?: number
}

type SettingsFor<Input> = Settings<Input> &
  (Record<never, never> extends FromCaller<Input> ? unknown : { input: NonNullable<Settings<Input>['input']> })

interface Context {
  params: Promise<Record<string, string | string[] | undefined>>
}

/**
 * Makes a Next route handler of a verb. GET reads the query; any other method needs our own Origin and a JSON body.
 * The verb's result is the JSON answer (none: 204; a Download: the file, of which a person may take so many in a while); a Refusal
 * is an `application/problem+json`.
 */
export function route<Input extends object, Result>(
  settings: SettingsFor<Input>,
  verb: (actor: Actor, input: Input) => Promise<Result>,
): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    try {
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (!isRead) requireWritable(request)
      const actor = await actorOf(request, settings.auth)
      const ids = checkedIds(await context.params)
      const sent = isRead ? readQuery(request) : await readJson(request, settings.maxBodyBytes ?? defaultBodyBytes)
      const result = await verb(actor, { ...checkedInput(sent, settings.input), ...ids } as Input)
      // Before its first part is made: what a file costs is the making.
      if (isDownload(result)) await countDownload(actor)
      return answer(result)
    } catch (error) {
      return problemResponse(error)
    }
  }
}

function requireWritable(request: Request): void {
  requireSameOrigin(request)
  const contentType = request.headers.get('content-type') ?? ''
  if (/^application\/json\s*(?:;|$)/i.test(contentType)) return
  throw new Refusal('unsupported_content_type', {
    message: 'Send the body as JSON with "Content-Type: application/json". Nothing was changed.',
  })
}

async function actorOf(request: Request, auth: 'session' | 'none'): Promise<Actor> {
  const ip = clientIp(request.headers)
  if (auth === 'none') return { kind: 'visitor', ip }
  const user = await userOfRequest(request)
  if (!user)
    throw new Refusal('sign_in_required', { message: 'You are not signed in, or were signed out. Sign in to go on.' })
  return { kind: 'user', userId: user.userId, sessionId: user.sessionId, ip }
}

/** An id that cannot be one is answered like one that does not exist. */
function checkedIds(params: Awaited<Context['params']>): Record<string, string> {
  const ids: Record<string, string> = {}
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value !== 'string' || (name.endsWith('Id') && !isId(value))) {
      throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
    }
    ids[name] = value
  }
  return ids
}

function readQuery(request: Request): Record<string, string> {
  const query = Object.create(null) as Record<string, string>
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name in query)
      throw new Refusal('invalid_request', { field: name, message: `${name} stands twice in the address.` })
    query[name] = value
  }
  return query
}

async function readJson(request: Request, mostBytes: number): Promise<unknown> {
  const text = await readText(request, mostBytes)
  return text === '' ? {} : parseJson(text)
}

function checkedInput(sent: unknown, schema: z.ZodType | undefined): object {
  if (!schema) {
    const names = sent !== null && typeof sent === 'object' ? Object.keys(sent) : ['body']
    if (names.length === 0) return {}
    throw new Refusal('invalid_request', { field: names[0]!, message: `${names[0]} is not expected here. Remove it.` })
  }
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema
  const result = strict.safeParse(sent, { reportInput: true })
  if (!result.success) throw invalidInput(result.error)
  return result.data as object
}

function answer(result: unknown): Response {
  if (isDownload(result)) return downloadResponse(result)
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  if (result === undefined) return new Response(null, { status: 204, headers })
  return new Response(JSON.stringify(result), { headers: { ...headers, 'content-type': 'application/json' } })
}
