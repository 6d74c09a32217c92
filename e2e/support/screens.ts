import { test } from '@playwright/test'

const screens = [
  { name: 'desktop', viewport: { width: 1440, height: 900 }, hasTouch: false },
  { name: 'phone', viewport: { width: 390, height: 844 }, hasTouch: true },
]

/** Declares the tests once for a desktop and once for a phone: what customers do works on both. */
export function onEveryScreen(declare: () => void): void {
  for (const { name, ...use } of screens) {
    test.describe(name, () => {
      test.use(use)
      declare()
    })
  }
}
