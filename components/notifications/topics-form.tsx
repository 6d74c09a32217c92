'use client'

import { useState } from 'react'
import { useTexts } from '#texts'
import type { NotificationChoicesDto } from '@/lib/domain/notifications'
import { type Choice, channels, topics } from '@/lib/domain/notifications/rules'
import { accountUrl } from '../api'
import { Table, Td, Th } from '../ui/table'
import { useOptimisticPost } from '../use-optimistic-post'

type TopicsFormProps = { accountId: string; choices: Choice[]; hasWebhook: boolean }

/** A row for each topic, a column for each way to hear of it. A press is saved by itself, and shows at once. */
export function TopicsForm({ accountId, choices, hasWebhook }: TopicsFormProps) {
  const t = useTexts('notifications.settings')
  const tUi = useTexts('ui')
  const [saved, setSaved] = useState(choices)
  const [pending, setPending] = useState<Choice[]>([])
  const settle = (choice: Choice) => setPending((before) => before.filter((one) => one !== choice))
  const save = useOptimisticPost<{ choices: [Choice] }, NotificationChoicesDto>(
    accountUrl(accountId, 'notification-choices'),
    {
      show: ({ choices: [choice] }) => setPending((before) => [...before, choice]),
      takeBack: ({ choices: [choice] }) => settle(choice),
      onDone: (answer, { choices: [choice] }) => {
        settle(choice)
        setSaved(answer.choices)
      },
    },
  )
  const shown = channels.filter((channel) => channel !== 'webhook' || hasWebhook)
  const isOn = (topic: string, channel: string) =>
    [...saved, ...pending].findLast((choice) => choice.topic === topic && choice.channel === channel)?.isOn ?? false
  const failed = save.failure?.body.choices[0]
  const nameOf = ({ topic, channel }: Omit<Choice, 'isOn'>) =>
    t('cell', { topic: t(`names.${topic}`), channel: t(`channels.${channel}`) })
  return (
    <div className="flex flex-col gap-4">
      <div className="-mx-4 sm:-mx-5">
        <Table caption={t('topics')}>
          <thead>
            <tr>
              <Th>{t('topic')}</Th>
              {shown.map((channel) => (
                <Th key={channel} className="w-24 text-center!">
                  {t(`channels.${channel}`)}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {topics.map((topic) => (
              <tr key={topic}>
                <Td>
                  {t(`names.${topic}`)}
                  {failed?.topic === topic && (
                    <p role="alert" className="mt-1 text-bad-ink">
                      {t('notSaved', { cell: nameOf(failed), reason: save.failure?.reason ?? '' })}
                    </p>
                  )}
                </Td>
                {shown.map((channel) => (
                  <Td key={channel} className="text-center">
                    <input
                      type="checkbox"
                      className="tick"
                      aria-label={nameOf({ topic, channel })}
                      checked={isOn(topic, channel)}
                      onChange={(event) => save.send({ choices: [{ topic, channel, isOn: event.target.checked }] })}
                    />
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
      <p role="status" className="text-good-ink">
        {save.isDone ? tUi('saved') : <span className="text-muted">{t('atOnce')}</span>}
      </p>
    </div>
  )
}
