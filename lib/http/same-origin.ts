import { Refusal } from '@/lib/core/errors'
import { env } from '@/lib/edges/env'

/** The one origin whose pages may write. Taken from the settings, never from a request's Host. */
export const ownOrigin = (): string => new URL(env().APP_URL).origin

/**
 * Lets a write pass only when a page of ours made it. Browsers put Origin on every POST, so one without it is refused too.
 * @throws Refusal `origin_not_allowed`.
 */
export function requireSameOrigin(request: Request): void {
  if (request.headers.get('origin') === ownOrigin()) return
  throw new Refusal('origin_not_allowed', {
    message: `This request did not come from ${ownOrigin()}, so nothing was changed. Open the dashboard at that address.`,
  })
}
