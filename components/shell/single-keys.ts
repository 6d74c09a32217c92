const setting = 'single-keys'

/** People who speak to their computer, or press keys by accident, turn keys without ⌘ or Ctrl off (WCAG 2.1.4). */
export const usesSingleKeys = (): boolean => localStorage.getItem(setting) !== 'off'

export const chooseSingleKeys = (isOn: boolean): void => localStorage.setItem(setting, isOn ? 'on' : 'off')
