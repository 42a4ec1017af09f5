import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { RecordBox } from './RecordBox.tsx'

type State = Awaited<ReturnType<typeof client.mail.settings>>

/** The key by which receivers know our mail, the record to publish, and whether it is there. */
export function DkimCard({ state }: { state: State }) {
  const t = useWords('deliver')
  const s = useWords('sending')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const [domain, setDomain] = useState(state.dkim?.domain ?? state.senderAddress.split('@')[1] ?? '')
  const [selector, setSelector] = useState(state.dkim?.selector ?? 'hagukumi1')
  const [busy, setBusy] = useState(false)
  const [seen, setSeen] = useState<{ published: boolean; found: string } | null>(null)
  const run = <T,>(act: Promise<T>, then?: (value: T) => void) => {
    setBusy(true)
    act
      .then((value) => {
        then?.(value)
        void again(api.mail.key())
      }, toast.failed)
      .finally(() => setBusy(false))
  }
  const { dkim } = state
  const last = dkim?.old.at(-1)
  const writable = may('settings.write')
  return (
    <Card title={t('dkim')}>
      <div className="stack">
        <p className="muted mail-hint">{t('dkimHint')}</p>
        {dkim && (
          <>
            <RecordBox name={t('dkimHost')} text={dkim.host} />
            <RecordBox name={t('dkimRecord')} text={dkim.record} />
            {[dkim.ed25519, dkim.next].map(
              (one, i) =>
                one && (
                  <div key={one.host} className="stack">
                    <b>{s(i === 0 ? 'what.ed25519' : 'what.nextKey')}</b>
                    <RecordBox name={t('dkimHost')} text={one.host} />
                    <RecordBox name={t('dkimRecord')} text={one.record} />
                  </div>
                ),
            )}
            {last && (
              <p className="muted mail-hint">
                {s('oldKeys', { date: f.day(last.until), hosts: dkim.old.map((one) => one.host).join(', ') })}
              </p>
            )}
            <div className="row wrap">
              <Button variant="default" loading={busy} onClick={() => run(client.mail.checkDkim({}), setSeen)}>
                {t('dkimCheck')}
              </Button>
              {writable && !dkim.next && (
                <Button
                  variant="default"
                  title={s('rotateHint')}
                  loading={busy}
                  onClick={() => run(client.mail.rotateDkim({}), () => toast.done(s('rotated')))}
                >
                  {s('rotate')}
                </Button>
              )}
              {writable && (
                <Button variant="subtle" color="red" onClick={() => run(client.mail.dropDkim({}), () => setSeen(null))}>
                  {t('dkimDrop')}
                </Button>
              )}
            </div>
            {seen && (
              <div className={seen.published ? 'hint-ok' : 'hint-warn'}>
                {seen.published ? t('dkimYes') : t('dkimNo', { found: seen.found })}
              </div>
            )}
          </>
        )}
        {writable && !dkim && (
          <div className="row wrap" style={{ alignItems: 'end' }}>
            <TextInput
              label={t('dkimDomain')}
              placeholder="example.co.jp"
              value={domain}
              onChange={(e) => setDomain(e.currentTarget.value)}
            />
            <TextInput label={t('dkimSelector')} value={selector} onChange={(e) => setSelector(e.currentTarget.value)} />
            <Button loading={busy} disabled={!domain || !selector} onClick={() => run(client.mail.makeDkim({ domain, selector }))}>
              {t('dkimMake')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  )
}
