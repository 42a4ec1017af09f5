import { useCallback, useEffect, useRef, useState } from 'react'
import { client } from '../api.ts'
import type { FormDetail, FormSpec } from './form.ts'

const SETTLE = 600 // milliseconds without a change before the draft is saved

/** A form's draft: changed at once on the screen, saved a moment later, one save at a time; the last change wins. */
export function useDraft(form: FormDetail) {
  const [detail, setDetail] = useState(form)
  const [draft, setDraft] = useState<{ name: string; spec: FormSpec }>({ name: form.name, spec: form.spec as FormSpec })
  const [waiting, setWaiting] = useState(false)
  const [saving, setSaving] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const latest = useRef(draft)
  const dirty = useRef(false)
  const timer = useRef(0)
  const running = useRef<Promise<void>>(Promise.resolve())

  const save = useCallback((): Promise<void> => {
    window.clearTimeout(timer.current)
    running.current = running.current.then(async () => {
      if (!dirty.current) return
      dirty.current = false
      setSaving(true)
      try {
        setDetail(await client.forms.save({ id: form.id, ...latest.current }))
        setFailed(null)
        if (!dirty.current) setWaiting(false)
      } catch (error) {
        dirty.current = true
        setFailed(error)
      } finally {
        setSaving(false)
      }
    })
    return running.current
  }, [form.id])

  const touch = useCallback(
    (next: { name: string; spec: FormSpec }) => {
      latest.current = next
      dirty.current = true
      setDraft(next)
      setWaiting(true)
      window.clearTimeout(timer.current)
      timer.current = window.setTimeout(() => void save(), SETTLE)
    },
    [save],
  )
  // Leaving the page must not lose the last words.
  useEffect(() => () => void save(), [save])
  return {
    detail,
    name: draft.name,
    spec: draft.spec,
    waiting,
    saving,
    failed,
    change: (change: Partial<FormSpec>) => touch({ ...latest.current, spec: { ...latest.current.spec, ...change } }),
    rename: (name: string) => touch({ ...latest.current, name }),
    flush: save,
    take: setDetail,
  }
}
