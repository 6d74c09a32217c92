import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { saveLocale } from './store'

/** Keeps the language that a person chose, for mails that are written in it. Pages have it from a cookie. */
export async function chooseLocale(actor: Actor, { locale }: { locale: string }): Promise<void> {
  if (actor.kind !== 'user') throw new Refusal('sign_in_required', { message: 'Sign in to go on.' })
  await saveLocale(actor.userId, locale)
}
