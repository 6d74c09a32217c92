/** Usage: what requests cost, as events and as rollups. */
export { eventKeyOf, eventTextOf } from './event-key'
export { getUsageDays, type UsageDayDto } from './get-usage-days'
export {
  type EventSource,
  findEvents,
  insertUsage,
  makePartition,
  partitionOf,
  type RecordedEvent,
  type UsageBatch,
  type UsageEvent,
} from './store'
