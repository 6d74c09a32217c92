import { useTexts } from '#texts'
import { channels, topics } from '@/lib/domain/notifications/rules'

/**
 * What the fields of an entry are called. One that lies deeper, "card.brand", is named with what it lies in; one that nobody has
 * named is shown as the log has it.
 */
export function useFieldNames(): (field: string) => string {
  const t = useTexts('audit')
  const choices = useTexts('notifications.settings')
  const one = (name: string) => (t.has(`fields.${name}`) ? t(`fields.${name}` as 'fields.role') : name)
  return (field) => {
    const [first, place, way] = field.split('.')
    const topic = topics.find((known) => known === place)
    const channel = channels.find((known) => known === way)
    if (first === 'choice' && topic && channel) {
      return choices('cell', { topic: choices(`names.${topic}`), channel: choices(`channels.${channel}`) })
    }
    return field.split('.').map(one).join(' › ')
  }
}
