import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Detail } from './detail.ts'
import { Found } from './Found.tsx'
import { HowCard, NO_OPTIONS, type Options } from './HowCard.tsx'
import { Sample } from './Sample.tsx'

type Encoding = Detail['encoding']
const ENCODINGS = ['utf-8', 'cp932', 'utf-16le', 'utf-16be'] as const
type Reading = Pick<Detail, 'encoding' | 'delimiter' | 'sheet' | 'target'>

/** What was read, where each column goes, on what ground mail may be sent: it is tried, then it starts. */
export function Plan({ first }: { first: Detail }) {
  const t = useWords('imports')
  const { may } = useSession()
  const [reading, setReading] = useState<Reading>({
    encoding: first.encoding,
    delimiter: first.delimiter,
    sheet: first.sheet,
    target: first.target,
  })
  const read = useQuery({ ...api.imports.get.queryOptions({ input: { id: first.id, ...reading } }), placeholderData: keepPreviousData })
  const detail = read.data ?? first
  const [chosen, setChosen] = useState<Record<number, string>>({})
  const mapping = detail.mapping.map((target, index) => chosen[index] ?? target)
  const [given, setGiven] = useState<Partial<Options>>({})
  const options: Options = { ...NO_OPTIONS, ...detail.options, ...given }
  const [busy, setBusy] = useState<'check' | 'start' | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const [dirty, setDirty] = useState(false)
  const send = async (verb: 'check' | 'start') => {
    setBusy(verb)
    setFailed(null)
    try {
      await client.imports[verb]({ id: first.id, ...reading, mapping, options })
      await again(api.imports.key())
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(null)
    }
  }
  const change = (to: Partial<Reading>) => {
    setReading({ ...reading, ...to })
    setChosen({})
    setDirty(true)
  }
  const found = first.status === 'checked' && !dirty ? first.found : null
  return (
    <div className="stack">
      {found && <Found found={found} policy={options.policy} encoding={reading.encoding} target={reading.target} />}
      <Card title={t('sample')} aside={<span className="hide-s">{t('sampleHint', { n: Math.min(8, detail.sample.length) })}</span>}>
        <ReadingBar detail={detail} reading={reading} onChange={change} />
        <ErrorNote error={read.error} />
        <div className="row wrap import-mapped">
          {detail.remembered && <Chip tone="green">{t('remembered')}</Chip>}
          {detail.tool && !detail.remembered && <Chip tone="violet">{t('toolFound', { tool: detail.tool })}</Chip>}
          <span className="muted">{t('mappedCount', { n: mapping.filter(Boolean).length, total: mapping.length })}</span>
        </div>
        <Sample
          detail={detail}
          target={reading.target}
          mapping={mapping}
          onMap={(index, target) => {
            setChosen({ ...chosen, [index]: target })
            setDirty(true)
          }}
        />
      </Card>
      <HowCard
        options={options}
        people={reading.target === 'people'}
        onChange={(to) => {
          setGiven({ ...given, ...to })
          setDirty(true)
        }}
      />
      <ErrorNote error={failed} />
      {may('imports.write') && (
        <div className="row wrap import-go">
          <span className="muted">{found ? t('startNote') : t('checkNote')}</span>
          <Button
            className="push"
            variant={found ? 'default' : 'filled'}
            leftSection={<FlaskConical size={15} />}
            loading={busy === 'check'}
            onClick={() => void send('check')}
          >
            {found ? t('checkAgain') : t('check')}
          </Button>
          <Button variant={found ? 'filled' : 'default'} loading={busy === 'start'} onClick={() => void send('start')}>
            {found ? t('startNow', { n: found.inserted + found.updated }) : t('start')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** How the file is read, and what it tells of. */
function ReadingBar({ detail, reading, onChange }: { detail: Detail; reading: Reading; onChange: (to: Partial<Reading>) => void }) {
  const t = useWords('imports')
  return (
    <div className="row wrap import-reading">
      <div className="import-target">
        <span>{t('whatTitle')}</span>
        <SegmentedControl
          size="xs"
          aria-label={t('whatTitle')}
          value={reading.target}
          onChange={(to) => onChange({ target: to === 'deals' ? 'deals' : 'people' })}
          data={(['people', 'deals'] as const).map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      </div>
      {detail.sheets.length > 0 ? (
        <NativeSelect
          size="xs"
          label={t('sheet')}
          value={String(reading.sheet)}
          onChange={(e) => onChange({ sheet: Number(e.currentTarget.value) })}
          data={detail.sheets.map((label, index) => ({ value: String(index), label }))}
        />
      ) : (
        <>
          <NativeSelect
            size="xs"
            label={t('encoding')}
            value={reading.encoding}
            onChange={(e) => onChange({ encoding: (ENCODINGS.find((one) => one === e.currentTarget.value) ?? 'utf-8') satisfies Encoding })}
            data={ENCODINGS.map((value) => ({ value, label: t(`encodings.${value}`) }))}
          />
          <NativeSelect
            size="xs"
            label={t('delimiter')}
            value={reading.delimiter}
            onChange={(e) => onChange({ delimiter: e.currentTarget.value })}
            data={[
              { value: ',', label: t('comma') },
              { value: '\t', label: t('tab') },
              { value: ';', label: t('semicolon') },
            ]}
          />
        </>
      )}
    </div>
  )
}
