import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { problemOf, saysItself } from '../problem.ts'
import { useWords } from '../words/words.tsx'
import { useErrorText } from './ErrorNote.tsx'

/**
 * Short messages at the bottom.
 *   const toast = useToasts()
 *   toast.done('保存しました')      toast.failed(error)
 *   toast.undo('3件を削除しました', () => client.leads.restore({ ids }))   // instead of a question beforehand
 */
export function useToasts() {
  const t = useWords('parts')
  const close = { closeButtonProps: { 'aria-label': useWords('shell')('close') } }
  const errorText = useErrorText()
  const failed = (error: unknown) => {
    const problem = problemOf(error)
    // What a page says itself comes as a plain error; a fault of the screen has a name of its own (TypeError …).
    if (!problem && error instanceof Error && error.name === 'Error' && error.message)
      return void notifications.show({ message: error.message, color: 'red', autoClose: 8_000, ...close })
    const detail = problem && problem.status >= 400 && problem.status < 500 ? problem.detail : ''
    const message =
      problem && saysItself(problem) ? (
        detail
      ) : detail ? (
        <>
          <div>{errorText(error)}</div>
          <div>{detail}</div>
        </>
      ) : (
        errorText(error)
      )
    notifications.show({ message, color: 'red', autoClose: 8_000, ...close })
  }
  return {
    done: (message: string) => void notifications.show({ message, color: 'green', autoClose: 4_000, ...close }),
    failed,
    undo: (message: string, undo: () => Promise<unknown>) => {
      const id = `undo-${crypto.getRandomValues(new Uint32Array(1))[0]}`
      const run = () => {
        notifications.hide(id)
        undo().then(() => notifications.show({ message: t('undone'), autoClose: 3_000, ...close }), failed)
      }
      notifications.show({
        id,
        autoClose: 10_000,
        ...close,
        message: (
          <span className="row">
            <span>{message}</span>
            <Button size="compact-sm" variant="light" className="push toast-act" onClick={run}>
              {t('undo')}
            </Button>
          </span>
        ),
      })
    },
  }
}
