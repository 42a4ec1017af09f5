import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Bookmark, X } from 'lucide-react'
import { useState } from 'react'
import type { Block } from '#loop/deliver/template/contract.ts'
import { again, api, client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'

/** Keeps the chosen block under a name. */
export function SaveBlock({ block }: { block: Block }) {
  const t = useWords('templates')
  const deliver = useWords('deliver')
  const toast = useToasts()
  const { may } = useSession()
  const [name, setName] = useState<string | null>(null)
  if (!may('templates.write')) return null
  if (name === null)
    return (
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<Bookmark size={14} />}
        onClick={() => setName(deliver(`block.${block.kind}`))}
      >
        {t('editor.saveBlock')}
      </Button>
    )
  const save = (e: React.FormEvent) => {
    e.preventDefault()
    client.templateKit.saveBlock({ name, block }).then(() => {
      toast.done(t('editor.blockSaved', { name }))
      setName(null)
      void again(api.templateKit.key())
    }, toast.failed)
  }
  return (
    <form className="network-line" onSubmit={save}>
      <TextInput
        aria-label={t('editor.saveBlock')}
        autoFocus
        required
        maxLength={80}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <Button type="submit" size="xs">
        {deliver('save')}
      </Button>
    </form>
  )
}

/** The blocks that were kept, below the palette. */
export function SavedBlocks({ onAdd, disabled }: { onAdd: (block: Block) => void; disabled: boolean }) {
  const t = useWords('templates')
  const toast = useToasts()
  const { may } = useSession()
  const kit = useQuery(api.templateKit.get.queryOptions({ input: {} }))
  const blocks = kit.data?.blocks ?? []
  if (!blocks.length) return null
  const forget = (one: (typeof blocks)[number]) =>
    client.templateKit.removeBlock({ id: one.id }).then(() => {
      void again(api.templateKit.key())
      toast.undo(t('editor.blockForgotten', { name: one.name }), () =>
        client.templateKit.saveBlock({ name: one.name, block: one.block as Block }).then(() => again(api.templateKit.key())),
      )
    }, toast.failed)
  return (
    <>
      <h2 className="side-title">{t('editor.savedBlocks')}</h2>
      <ul className="saved-blocks">
        {blocks.map((one) => (
          <li key={one.id}>
            <button type="button" disabled={disabled} onClick={() => onAdd(one.block as Block)}>
              <Bookmark size={13} aria-hidden />
              <span className="clip">{one.name}</span>
            </button>
            {may('templates.write') && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('editor.forget', { name: one.name })}
                onClick={() => void forget(one)}
              >
                <X size={13} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
