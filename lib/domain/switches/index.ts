/** Switches that concern every account: who turned them, why, and the staff that is told. */
export { readSwitchChanges, type SwitchChange } from './store'
export { tellOperators } from './tell-operators'
export { readSwitches, turnSwitch } from './turn-switch'
