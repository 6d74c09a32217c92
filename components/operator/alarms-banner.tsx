import { Banner } from '../ui/banner'

/** What is wrong between Stripe and us, each in a sentence with what to do. Nothing when all is well. */
export function AlarmsBanner({ alarms }: { alarms: string[] }) {
  if (alarms.length === 0) return null
  return (
    <Banner
      tone="bad"
      title={alarms.length === 1 ? 'One thing needs a person' : `${alarms.length} things need a person`}
    >
      <ul>
        {alarms.map((alarm) => (
          <li key={alarm}>{alarm}</li>
        ))}
      </ul>
    </Banner>
  )
}
