import './deliver.css'
import './sending.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip, type Tone } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { RecordBox } from './RecordBox.tsx'

type Report = NonNullable<Awaited<ReturnType<typeof client.mailDomain.read>>['report']>
type Check = Report['checks'][number]

const TONES: Readonly<Record<Check['light'], Tone>> = { good: 'green', warn: 'amber', bad: 'red', unknown: 'grey' }

/** What receivers see of the sending domain, and the records to enter. */
export function DomainPage() {
  const t = useWords('sending')
  const d = useWords('deliver')
  const toast = useToasts()
  const [busy, setBusy] = useState(false)
  const state = useQuery(api.mailDomain.read.queryOptions({ input: {} }))
  const look = () => {
    setBusy(true)
    client.mailDomain
      .check({})
      .then(() => void again(api.mailDomain.key()), toast.failed)
      .finally(() => setBusy(false))
  }
  const report = state.data?.report
  return (
    <>
      <PageTop title={t('title')} crumb={d('mailSettings')} crumbTo="/settings/mail">
        <Button leftSection={<RotateCw size={15} aria-hidden />} onClick={look} loading={busy} disabled={!state.data?.domain}>
          {t('checkAgain')}
        </Button>
      </PageTop>
      <Page narrow>
        {state.isPending && <Skeletons rows={8} />}
        <ErrorNote error={state.error} retry={state.refetch} />
        {state.data && (
          <>
            {state.data.exempt && <div className="hint-ok">{t('exempt')}</div>}
            {state.data.links && <div className="hint-warn">{t(`links.${state.data.links}`, { url: state.data.publicUrl })}</div>}
            <Card title={state.data.domain || t('title')} aside={report && <Ago at={report.at} muted />}>
              <div className="stack">
                <p className="muted mail-hint">{state.data.domain ? (report ? t('intro') : t('never')) : t('noDomain')}</p>
                {report && !state.data.exempt && (
                  <div className={report.aligned === 'yes' ? 'hint-ok' : 'hint-warn'} role="status">
                    {t(`aligned.${report.aligned}`, { by: report.alignedBy.map((by) => by.toUpperCase()).join('・') })}
                  </div>
                )}
                {report && (
                  <div>
                    {report.checks.map((check) => (
                      <CheckRow key={check.what} check={check} />
                    ))}
                  </div>
                )}
              </div>
            </Card>
            <Card title={t('notes')}>
              <ul className="domain-notes">
                {(['docomo', 'gmail', 'microsoft'] as const).map((who) => (
                  <li key={who}>{t(`notesText.${who}`)}</li>
                ))}
              </ul>
            </Card>
          </>
        )}
      </Page>
    </>
  )
}

function CheckRow({ check }: { check: Check }) {
  const t = useWords('sending')
  return (
    <section className="domain-check">
      <h3>{t(`what.${check.what}`)}</h3>
      <Chip tone={TONES[check.light]}>{t(`light.${check.light}`)}</Chip>
      <p className="muted">{t(`why.${check.what}`)}</p>
      <p>
        {t(`finding.${check.finding}`)} {check.count !== null && t('lookups', { n: check.count })}
      </p>
      {check.found && (
        <div className="domain-record">
          <span className="mantine-InputWrapper-label">{t('found')}</span>
          <code className="record-box">{check.found}</code>
        </div>
      )}
      {check.record && check.light !== 'good' && (
        <div className="domain-record">
          <span className="mantine-InputWrapper-label">
            {t('enter')} <code>{check.record.type}</code>
          </span>
          <RecordBox name={t('host')} text={check.record.host} />
          <RecordBox name={t('value')} text={check.record.value} />
          {(check.what === 'mx' || check.what === 'a') && <span className="muted">{t('sample')}</span>}
          {check.what === 'ptr' && <span className="muted">{t('ptrHint')}</span>}
        </div>
      )}
    </section>
  )
}
