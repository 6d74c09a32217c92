/** Usage: what requests cost, as events and as rollups; explored, explained and exported. */
export { eventKeyOf, eventTextOf } from './event-key'
export {
  type ChargeBudget,
  type ChargeDto,
  type ChargeGrant,
  type ChargeLine,
  type ChargePart,
  type ChargeReceipt,
  explainCharge,
} from './explain/explain-charge'
export type { Named, UsageEventDto } from './explorer/event-dto'
export { getUsageOptions } from './explorer/get-usage-options'
export {
  getUsageSeries,
  type UsageCell,
  type UsageGroup,
  type UsageSeriesDto,
  type UsageTotals,
} from './explorer/get-usage-series'
export { listUsageEvents, type UsageEventsDto } from './explorer/list-usage-events'
export { parseFilters, parseView } from './explorer/rules'
export { todayOf } from './explorer/today-of'
export { type ExportFormat, exportFormats, exportUsage } from './export/export-usage'
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
