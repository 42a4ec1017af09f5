// Name, state, and the two actions of the editor: publish, and everything else behind one menu.
import { ActionIcon, Button, Menu } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { Copy, Ellipsis, Pause, Play, Square } from 'lucide-react'
import { useEffect, useState } from 'react'
import { again, api, client, queries } from '../api.ts'
import { SaveState } from '../parts/SaveState.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { PublishModal, StopModal } from './EditorModals.tsx'
import type { EditorTopProps } from './editorProps.ts'
import { StateChip } from './ScenariosPage.tsx'

type Open = 'publish' | 'stop' | null

export function EditorTop(props: EditorTopProps) {
  const { detail, draft, problems, canEdit } = props
  const t = useWords('orchestrate')
  const s = useWords('shell')
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  useEffect(() => {
    document.title = `${draft.name} | ${s('product')}`
  }, [draft.name, s])
  const errors = problems.filter((one) => one.severity === 'error')
  const isNews = detail.state !== 'live' || detail.hasChanges || draft.dirty
  const publish = () => {
    const [first] = errors
    if (first) props.onShow(first.at)
    else setOpen('publish')
  }
  return (
    <header className="top">
      <span className="crumb hide-s">
        <Link to={'/scenarios' as string}>{t('crumb')}</Link> /
      </span>
      <h1 className="name-field">
        <input
          aria-label={t('scenarioName')}
          value={draft.name}
          maxLength={120}
          disabled={!canEdit}
          onChange={(event) => draft.rename(event.currentTarget.value)}
        />
      </h1>
      <span className="sc-state">
        <StateChip state={detail.state} />
      </span>
      <span className="hide-s">
        <SaveState saving={draft.saving} dirty={draft.dirty} savedAt={draft.at} failed={draft.failed !== null} />
      </span>
      <div className="actions">
        {canEdit && <More {...props} onOpen={setOpen} />}
        {canEdit && (
          <Button onClick={publish} disabled={!isNews} variant={errors.length ? 'default' : 'filled'}>
            {errors.length ? t('fix', { n: errors.length }) : isNews ? t('publish') : t('nothingToPublish')}
          </Button>
        )}
      </div>
      <PublishModal {...props} opened={open === 'publish'} onClose={close} />
      <StopModal {...props} opened={open === 'stop'} onClose={close} />
    </header>
  )
}

function More({ detail, onOpen }: EditorTopProps & { onOpen: (what: Open) => void }) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const navigate = useNavigate()
  const to = (state: 'live' | 'paused', word: string) => () =>
    client.scenarios.setState({ id: detail.id, to: state }).then((answer) => {
      queries.setQueryData(api.scenarios.get.queryKey({ input: { id: detail.id } }), answer)
      toast.done(word)
    }, toast.failed)
  const copy = () =>
    client.scenarios.copy({ id: detail.id, name: t('copyName', { name: detail.name }).slice(0, 120) }).then(async (made) => {
      await again(api.scenarios.list.key())
      await navigate({ to: `/scenarios/${made.id}` as string })
    }, toast.failed)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t('more')}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {detail.state === 'live' && (
          <Menu.Item leftSection={<Pause size={14} />} onClick={() => void to('paused', t('paused'))()}>
            {t('pause')}
          </Menu.Item>
        )}
        {(detail.state === 'paused' || detail.state === 'stopped') && (
          <Menu.Item leftSection={<Play size={14} />} onClick={() => void to('live', t('resumed'))()}>
            {t('resume')}
          </Menu.Item>
        )}
        {(detail.state === 'live' || detail.state === 'paused') && (
          <Menu.Item leftSection={<Square size={14} />} onClick={() => onOpen('stop')}>
            {t('stop')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Copy size={14} />} onClick={() => void copy()}>
          {t('copy')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
