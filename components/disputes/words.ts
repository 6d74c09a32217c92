import type { Stance } from '@/lib/domain/disputes/rules'
import type { Tone } from '../ui/badge'

/** How a dispute is coloured beside its words: by what it does to the credit. */
export const stanceTones: Record<Stance, Tone> = { nothing: 'neutral', frozen: 'warn', taken: 'bad' }
