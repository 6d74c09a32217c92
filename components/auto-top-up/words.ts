import type { AutoTopUpDto } from '@/lib/domain/auto-top-up'
import type { Tone } from '../ui/badge'

/** Where auto top-up stands, in a word. */
export const topUpStates: Record<AutoTopUpDto['state'], { word: string; tone: Tone }> = {
  off: { word: 'Off', tone: 'neutral' },
  on: { word: 'On', tone: 'good' },
  cooling: { word: 'Waiting to retry', tone: 'warn' },
  paused: { word: 'Paused', tone: 'bad' },
  needs_you: { word: 'Needs you', tone: 'bad' },
}
