import '../access/access.css'
import { ActionIcon, Button, Modal } from '@mantine/core'
import { Download, ShieldCheck, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { Overview } from './overview.ts'
import { sizeText } from './size.ts'

type Item = Overview['items'][number]

/** Backups that were made, newest first. */
export function BackupTable({ items }: { items: readonly Item[] }) {
  const t = useWords('office')
  const [removing, setRemoving] = useState<Item | null>(null)
  return (
    <>
      <div className="table-scroll">
        <table className="office-table">
          <thead>
            <tr>
              <th>{t('asOf')}</th>
              <th>{t('size')}</th>
              <th className="hide-s">{t('by')}</th>
              <th>
                <span className="sr-only">{t('download')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <BackupLine key={item.id} item={item} remove={() => setRemoving(item)} />
            ))}
          </tbody>
        </table>
      </div>
      <RemoveModal item={removing} close={() => setRemoving(null)} />
    </>
  )
}

function BackupLine({ item, remove }: { item: Item; remove: () => void }) {
  const t = useWords('office')
  const f = useFormats()
  const toast = useToasts()
  const [checking, setChecking] = useState(false)
  const check = () => {
    setChecking(true)
    client.backups
      .check({ id: item.id })
      .then(
        (found) =>
          found.ok
            ? toast.done(t('checkedOk', { rows: f.number(found.rows), tables: found.tables, files: f.number(found.files) }))
            : toast.failed(new Error(t('checkedBad', { reason: found.reason }))),
        toast.failed,
      )
      .finally(() => setChecking(false))
  }
  return (
    <tr className={item.isThere || item.status === 'running' ? '' : 'off'}>
      <td>
        <span className="who-stack">
          <b>{f.instant(item.snapshotAt ?? item.startedAt)}</b>
          {item.failure ? (
            <span className="office-failure">{item.failure}</span>
          ) : (
            <span className="muted">{t('rows', { n: f.number(item.rows) })}</span>
          )}
        </span>
      </td>
      <td className="num">{item.status === 'done' ? sizeText(item.bytes) : '—'}</td>
      <td className="muted hide-s">
        {t(`how.${item.how}`)} {item.how === 'hand' ? item.madeBy : ''}
      </td>
      <td className="end">
        {item.status === 'running' && <Chip tone="blue">{t('running')}</Chip>}
        {item.status === 'failed' && <Chip tone="red">{t('failed')}</Chip>}
        {item.status === 'done' && !item.isThere && <Chip tone="grey">{t('gone')}</Chip>}
        {item.isThere && (
          <span className="row office-acts">
            <ActionIcon variant="subtle" color="gray" aria-label={t('check')} title={t('check')} loading={checking} onClick={check}>
              <ShieldCheck size={16} />
            </ActionIcon>
            <ActionIcon
              component="a"
              href={`/api/backups/${item.id}/file`}
              download={item.file ?? true}
              variant="subtle"
              aria-label={t('download')}
              title={t('download')}
            >
              <Download size={16} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" aria-label={t('remove')} title={t('remove')} onClick={remove}>
              <Trash2 size={15} />
            </ActionIcon>
          </span>
        )}
      </td>
    </tr>
  )
}

/** A removed file cannot come back, so this one asks. */
function RemoveModal({ item, close }: { item: Item | null; close: () => void }) {
  const t = useWords('office')
  const p = useWords('parts')
  const toast = useToasts()
  const remove = () => {
    if (item) client.backups.remove({ id: item.id }).then(() => again(api.backups.overview.key()), toast.failed)
    close()
  }
  return (
    <Modal opened={item !== null} onClose={close} title={<b>{t('removeTitle')}</b>} closeButtonProps={{ 'aria-label': p('cancel') }}>
      <div className="stack">
        <p>{t('removeText')}</p>
        <div className="settings-foot">
          <Button variant="default" onClick={close}>
            {p('cancel')}
          </Button>
          <Button color="red" onClick={remove}>
            {t('remove')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
