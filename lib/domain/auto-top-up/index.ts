/** Auto top-up: charges the saved card when credit is low, once, and tells the customer what came of it. */
export { checkPlan, type PlanInput } from './check-plan'
export { considerAutoTopUp, isTopUpInProgress } from './consider-auto-top-up'
export { type AttemptDto, type AutoTopUpDto, getAutoTopUp } from './get-auto-top-up'
export { getConfirmUrl } from './get-confirm-url'
export { listTopUpActivity, type TopUpActivityEntry } from './list-activity'
export { listTopUpTimeline, type TopUpTimelineEntry } from './list-timeline'
export { readTopUpState } from './read-top-up-state'
export { resumeAutoTopUp } from './resume-auto-top-up'
export { runAutoTopUp, type TopUpRun } from './run-auto-top-up'
export { saveAutoTopUp } from './save-auto-top-up'
export {
  getAutoTopUpSwitches,
  resetAutoTopUpBreaker,
  setAutoTopUpSwitch,
  type TopUpSwitch,
  type TopUpSwitchesDto,
} from './set-switches'
export { sweepAutoTopUps } from './sweep-auto-top-ups'
