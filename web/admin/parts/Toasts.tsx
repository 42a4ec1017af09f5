import '@mantine/notifications/styles.layer.css'
import { Notifications } from '@mantine/notifications'

/** Where toasts appear; mounted once by main.tsx. Pages use `useToasts()`. */
export const Toasts = () => <Notifications position="bottom-center" limit={4} />
