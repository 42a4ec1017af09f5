import './person.css'
import { Button, NumberInput, SegmentedControl, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { PhoneIncoming } from 'lucide-react'
import { useState } from 'react'
import { activityResults } from '#loop/identify/activities/kinds/contract.ts'
import { again, api, client } from '../api.ts'
import { Avatar } from '../parts/Avatar.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { text, viewOf } from '../parts/view.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { activitiesChanged } from './changed.ts'

const view = viewOf({ number: text })
type Match = Awaited<ReturnType<typeof client.activities.match>>['items'][number]

/** A call as it rings: whose number it is, and one form that records it. `/call?number=…` opens it with the number filled in. */
export function CallPage() {
  const t = useWords('person')
  const [search, setSearch] = useSearchOf(view)
  // A plus of an address is a space to whoever wrote the link without escaping it.
  const [number, setNumber] = useState(search.number.replace(/^ (?=\d)/, '+'))
  const [wanted] = useDebouncedValue(number.trim(), 250)
  const [chosen, setChosen] = useState<Match | null>(null)
  const found = useQuery({ ...api.activities.match.queryOptions({ input: { number: wanted } }), enabled: wanted !== '' })
  return (
    <>
      <PageTop title={t('callTitle')} />
      <Page narrow>
        <Card>
          <TextInput
            label={t('callNumber')}
            description={t('callNumberHint')}
            type="tel"
            autoComplete="off"
            autoFocus
            value={number}
            onChange={(e) => {
              setNumber(e.currentTarget.value)
              setChosen(null)
            }}
            onBlur={() => setSearch({ number: number.trim() })}
            error={wanted !== '' && found.data && found.data.phone === null ? t('callBad') : undefined}
          />
        </Card>
        {wanted === '' && (
          <EmptyState small icon={PhoneIncoming} title={t('callStart')}>
            {t('callStartText', { path: '/call?number=0312345678' })}
          </EmptyState>
        )}
        <ErrorNote error={found.error} retry={found.refetch} />
        {wanted !== '' && found.data?.phone && !chosen && found.data.items.length > 0 && (
          <Card title={t('callMatches')}>
            {found.data.items.map((one) => (
              <div className="call-match" key={one.id}>
                <Avatar name={one.name} />
                <span>
                  <b>{one.name}</b>
                  <span className="muted">{[one.companyName, one.title, one.phone, one.ownerName].filter(Boolean).join(' ・ ')}</span>
                </span>
                <Button size="xs" variant="default" onClick={() => setChosen(one)}>
                  {t('callThis')}
                </Button>
              </div>
            ))}
          </Card>
        )}
        {wanted !== '' && (found.data?.phone || chosen) && (
          <CallForm
            key={chosen?.id ?? 'new'}
            number={wanted}
            chosen={chosen}
            known={found.data?.items.length ?? 0}
            again={() => setChosen(null)}
          />
        )}
      </Page>
    </>
  )
}

function CallForm({ number, chosen, known, again: reset }: { number: string; chosen: Match | null; known: number; again: () => void }) {
  const t = useWords('person')
  const i = useWords('identify')
  const { language } = useLanguage()
  const toast = useToasts()
  const navigate = useNavigate()
  const form = useProblemForm({
    initialValues: {
      companyName: '',
      familyName: '',
      givenName: '',
      department: '',
      mail: '',
      direction: 'in',
      result: 'connected',
      minutes: '' as number | '',
      body: '',
    },
  })
  const send = form.send(
    ({ companyName, familyName, givenName, department, mail, direction, result, minutes, body }) =>
      client.activities.call({
        number,
        direction: direction === 'out' ? 'out' : 'in',
        result: result || null,
        minutes: minutes === '' ? null : Number(minutes),
        body,
        ...(chosen ? { leadId: chosen.id } : { mail, caller: { companyName, familyName, givenName, department } }),
      }),
    (made) => {
      toast.done(made.made ? t('callMade') : t('callSaved'))
      void activitiesChanged()
      void again(api.leads.key())
      void navigate({ to: `/leads/${made.leadId}` as string })
    },
  )
  return (
    <form onSubmit={send} noValidate>
      <Card title={chosen ? t('callChosen') : known ? t('callNew') : t('callWho')}>
        <div className="stack">
          {chosen ? (
            <div className="row wrap">
              <b>{chosen.name}</b>
              <span className="muted">{chosen.companyName}</span>
              <Button size="compact-sm" variant="subtle" className="push" onClick={reset}>
                {t('callChange')}
              </Button>
            </div>
          ) : (
            <>
              {known === 0 && <p className="muted call-note">{t('callNoMatch')}</p>}
              <TextInput label={i('companyName')} autoComplete="off" {...form.getInputProps('companyName')} />
              <SimpleGrid cols={2} spacing="sm">
                <TextInput label={i('familyName')} autoComplete="off" {...form.getInputProps('familyName')} />
                <TextInput label={i('givenName')} autoComplete="off" {...form.getInputProps('givenName')} />
                <TextInput label={i('department')} autoComplete="off" {...form.getInputProps('department')} />
                <TextInput label={i('mail')} type="email" autoComplete="off" {...form.getInputProps('mail')} />
              </SimpleGrid>
            </>
          )}
          <SegmentedControl
            aria-label={t('direction')}
            data={(['in', 'out'] as const).map((value) => ({ value, label: t(`directions.${value}`) }))}
            {...form.getInputProps('direction')}
          />
          <SimpleGrid cols={2} spacing="sm">
            <Select
              label={t('result')}
              clearable
              data={(activityResults.call ?? []).map((one) => ({ value: one.value, label: one[language] }))}
              {...form.getInputProps('result')}
              value={form.getValues().result || null}
            />
            <NumberInput label={t('minutes')} min={0} max={1_440} {...form.getInputProps('minutes')} />
          </SimpleGrid>
          <Textarea label={t('body')} autosize minRows={4} {...form.getInputProps('body')} />
          <ErrorNote error={form.failed} />
          <div className="row">
            <Button type="submit" className="push" loading={form.busy}>
              {t('callSave')}
            </Button>
          </div>
        </div>
      </Card>
    </form>
  )
}
