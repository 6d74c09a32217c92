'use client'

import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import type { NotificationChoicesDto } from '@/lib/domain/notifications'
import { type Choice, channels, topics } from '@/lib/domain/notifications/rules'
import { accountUrl } from '../api'
import { FormFooter } from '../ui/form-footer'
import { Table, Td, Th } from '../ui/table'
import { usePost } from '../use-post'

type TopicsFormProps = { accountId: string; choices: Choice[]; hasWebhook: boolean }

/** A row for each topic, a column for each way to hear of it. */
export function TopicsForm({ accountId, choices: first, hasWebhook }: TopicsFormProps) {
  const t = useTexts('notifications.settings')
  const [choices, setChoices] = useState(first)
  const save = usePost<NotificationChoicesDto>(accountUrl(accountId, 'notification-choices'))
  const shown = channels.filter((channel) => channel !== 'webhook' || hasWebhook)
  const isOf = (topic: string, channel: string) => (choice: Choice) =>
    choice.topic === topic && choice.channel === channel
  const turn = (topic: string, channel: string) =>
    setChoices(choices.map((choice) => (isOf(topic, channel)(choice) ? { ...choice, isOn: !choice.isOn } : choice)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.send({ choices })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
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
                <Td>{t(`names.${topic}`)}</Td>
                {shown.map((channel) => (
                  <Td key={channel} className="text-center">
                    <input
                      type="checkbox"
                      className="tick"
                      aria-label={t('cell', { topic: t(`names.${topic}`), channel: t(`channels.${channel}`) })}
                      checked={choices.some((choice) => isOf(topic, channel)(choice) && choice.isOn)}
                      onChange={() => turn(topic, channel)}
                    />
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
      <FormFooter isPending={save.isPending} isDone={save.isDone} problem={save.problemBeside([])} />
    </form>
  )
}
