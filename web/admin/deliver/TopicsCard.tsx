import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** What people can choose from on their preference page. */
export function TopicsCard() {
  const t = useWords('deliver')
  const toast = useToasts()
  const { may } = useSession()
  const topics = useQuery(api.mail.topics.queryOptions({ input: {} }))
  const [ja, setJa] = useState('')
  const [en, setEn] = useState('')
  const add = (e: React.FormEvent) => {
    e.preventDefault()
    client.mail.addTopic({ ja, en }).then(() => {
      setJa('')
      setEn('')
      void again(api.mail.topics.key())
    }, toast.failed)
  }
  return (
    <Card title={t('topics')}>
      <p className="muted mail-hint">{t('topicsHint')}</p>
      <ErrorNote error={topics.error} retry={topics.refetch} />
      {topics.data?.items.length === 0 && <p className="muted">{t('noTopics')}</p>}
      {topics.data?.items.map((topic) => (
        <div className="topic-row" key={topic.id}>
          <b>{topic.ja}</b>
          <span className="muted">{topic.en}</span>
          <span className="muted num push">{t('topicStops', { n: topic.stops })}</span>
          {may('mail.write') && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('remove')} ${topic.ja}`}
              onClick={() => client.mail.removeTopic({ id: topic.id }).then(() => again(api.mail.topics.key()), toast.failed)}
            >
              <Trash2 size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      {may('mail.write') && (
        <form className="row wrap" style={{ alignItems: 'end', marginTop: 14 }} onSubmit={add}>
          <TextInput label={t('topicJa')} value={ja} maxLength={60} onChange={(e) => setJa(e.currentTarget.value)} />
          <TextInput label={t('topicEn')} value={en} maxLength={60} onChange={(e) => setEn(e.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={!ja.trim() || !en.trim()}>
            {t('addTopic')}
          </Button>
        </form>
      )}
    </Card>
  )
}
