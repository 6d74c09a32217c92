import { useTexts } from '#texts'
import type { Grouping } from '@/lib/domain/usage/explorer/rules'

/** How a model, key, member or tag is called: by its name, by the end of its id, or as usage without one. */
export function useGroupName(): (by: Grouping, group: { id: string | null; name: string | null }) => string {
  const t = useTexts('usage')
  return (by, { id, name }) => {
    if (id === null) return t(`none.${by}`)
    if (name) return name
    return by === 'model' || by === 'tag' ? id : t('unnamed', { id: id.slice(-8) })
  }
}
