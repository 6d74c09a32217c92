/** Forecasts: how long credit lasts, what the month will cost, and what other settings would have made of the past. */
export { type BackTestDto, type ForecastDto, getForecast, type RunsOutDto } from './get-forecast'
export {
  type CreditLimitFromDto,
  getWhatIf,
  getWhatIfTerms,
  type ScenarioInput,
  type WhatIfDto,
  type WhatIfMonth,
  type WhatIfTerms,
} from './get-what-if'
export { type CapPreviewDto, previewAutoTopUp, previewCap, type TopUpPreviewDto } from './previews'
