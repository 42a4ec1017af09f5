import { NativeSelect } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { useWords } from '../../words/words.tsx'
import { useSubject } from '../useSubject.ts'
import { type Behind, type CountAs, type Report, share } from './numbers.ts'

interface Props {
  id: string
  as: CountAs
  versions: Report['versions']
  open: (behind: Behind) => void
}

/** The mail with the clicks at its links, and the links as a list beside: position, wording, people. */
export function ClickMap({ id, as, versions, open }: Props) {
  const subjectOf = useSubject()
  const t = useWords('newsletters')
  const f = useFormats()
  const [version, setVersion] = useState('')
  const map = useQuery(
    api.mailReports.clickMap.queryOptions({
      input: { id, as, ...(version ? { version } : {}) },
      placeholderData: keepPreviousData,
    }),
  )
  // Two versions have links of their own: the people are those of the one that is drawn.
  const drawn = versions.length > 1 && map.data ? { version: map.data.version } : {}
  return (
    <Card
      title={t('clickMap')}
      aside={
        versions.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={t('byVersion')}
            value={version || (map.data?.version ?? '')}
            onChange={(e) => setVersion(e.currentTarget.value)}
            data={versions.map((one) => ({ value: one.id, label: subjectOf(one.subject) }))}
          />
        )
      }
    >
      <p className="muted tiny mail-hint">{t('clickMapText')}</p>
      <ErrorNote error={map.data ? null : map.error} retry={map.refetch} />
      {map.data && map.data.links.length > 0 && (
        <Scroller label={t('clickMap')}>
          <table className="report-table">
            <thead>
              <tr>
                <th scope="col">{t('position')}</th>
                <th scope="col">{t('wording')}</th>
                <th scope="col" className="end">
                  {t('clickPeople')}
                </th>
                <th scope="col" className="end">
                  {t('clickTimes')}
                </th>
                <th scope="col" className="end">
                  {t('doubts')}
                </th>
                <th scope="col" className="end">
                  {t('machines')}
                </th>
              </tr>
            </thead>
            <tbody>
              {map.data.links.map((link) => (
                <tr key={link.link}>
                  <td className="num">{link.link}</td>
                  <td className="wording">
                    <b>{link.label || '—'}</b>
                    <a className="muted tiny clip" href={link.url} target="_blank" rel="noreferrer">
                      {link.url}
                    </a>
                  </td>
                  <td className="end num">
                    <NumberLink
                      onClick={() => open({ of: 'clicked', as, link: link.link, ...drawn })}
                      label={`${link.label} ${t('clickPeople')} ${link.people}`}
                    >
                      {f.number(link.people)}
                    </NumberLink>
                    <span className="muted"> {f.percent(share(link.people, map.data.delivered))}</span>
                  </td>
                  <td className="end num">
                    <NumberLink
                      onClick={() => open({ of: 'clicked', as, link: link.link, ...drawn })}
                      label={`${link.label} ${t('timesBy', { times: link.clicks, people: link.people })}`}
                    >
                      {t('times', { n: link.clicks })}
                    </NumberLink>
                  </td>
                  {(['doubt', 'machine'] as const).map((who) => (
                    <td key={who} className="end num">
                      <NumberLink
                        onClick={() => open({ of: who === 'doubt' ? 'clickedUnknown' : 'clickedMachine', link: link.link, ...drawn })}
                        label={`${link.label} ${t(`${who}s`)} ${link[who]}`}
                      >
                        {f.number(link[who])}
                      </NumberLink>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {map.data && (
        <div className="preview desktop click-map">
          <div className="preview-subject">
            <b>{map.data.subject}</b>
          </div>
          <iframe title={t('clickMap')} sandbox="" srcDoc={map.data.html} />
        </div>
      )}
    </Card>
  )
}
