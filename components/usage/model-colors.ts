/** One colour for a model on every page and in every chart. The first fourteen are chosen; a newcomer gets one by its name. */
const fills = [
  'fill-(--series-1)',
  'fill-(--series-2)',
  'fill-(--series-3)',
  'fill-(--series-4)',
  'fill-(--series-5)',
  'fill-(--series-6)',
  'fill-(--series-7)',
  'fill-(--series-8)',
  'fill-(--series-9)',
  'fill-(--series-10)',
  'fill-(--series-11)',
  'fill-(--series-12)',
  'fill-(--series-13)',
  'fill-(--series-14)',
] as const

/** In this order, so that models that are often used together stand apart. */
const chosen = [
  'kimi-k2p7-code',
  'gpt-oss-120b',
  'deepseek-v4-pro',
  'kimi-k2p6',
  'gpt-oss-20b',
  'glm-5p2',
  'deepseek-v4-flash',
  'minimax-m3',
  'glm-5p1',
  'qwen3p7-plus',
  'kimi-k2p6-fast',
  'glm-5p1-fast',
  'minimax-m2p7',
  'glm-5p2-fast',
]

/** The Tailwind class that fills a shape with the model's colour. */
export function modelFill(model: string): string {
  const place = chosen.indexOf(model)
  return fills[place >= 0 ? place : nameHash(model) % fills.length]!
}

/** Keys, members and tags have no colour of their own: by their place among the dearest. */
export const placeFill = (place: number): string => fills[place % fills.length]!

/** All that is not shown by itself. */
export const otherFill = 'fill-edge'

const nameHash = (name: string): number =>
  [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
