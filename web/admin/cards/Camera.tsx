import { Button, Modal } from '@mantine/core'
import { Camera as CameraIcon, FlipHorizontal2, Smartphone } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useWords } from '../words/words.tsx'
import type { Photo } from './photos.ts'

/** How much is kept around the frame, so that an edge held a little outside is not lost. */
const MARGIN = 0.1
const RATIO = 91 / 55

/** The camera with a frame to fit the card into; where a page may not use it, the device's own camera. */
export function Camera({ onPhoto, onClose }: { onPhoto: (photo: Photo) => void; onClose: (shots: number) => void }) {
  const t = useWords('cards')
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  const [shots, setShots] = useState(0)
  const [backOf, setBackOf] = useState(false)
  const [flash, setFlash] = useState(false)
  useEffect(() => {
    let stream: MediaStream | null = null
    let gone = false
    const open = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'environment', width: { ideal: 2_560 }, height: { ideal: 1_440 } },
        })
        if (gone) for (const track of stream.getTracks()) track.stop()
        else if (video.current) video.current.srcObject = stream
      } catch {
        setFailed(true)
      }
    }
    void open()
    return () => {
      gone = true
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
  }, [])
  const add = (file: Blob, back: boolean) => {
    const position = back ? Math.max(0, shots - 1) : shots
    onPhoto({ file, name: `${position + 1}`, position, side: back ? 'back' : 'front' })
    if (!back) setShots(shots + 1)
    setBackOf(false)
    setFlash(true)
    setTimeout(() => setFlash(false), 160)
  }
  const shoot = async () => {
    const file = video.current && (await framed(video.current))
    if (file) add(file, backOf)
  }
  return (
    <Modal
      opened
      fullScreen
      onClose={() => onClose(shots)}
      title={backOf ? t('guideBack') : t('guide')}
      classNames={{ body: 'camera', content: 'camera-sheet' }}
    >
      {failed ? (
        <div className="camera-away">
          <p>{t('noCamera')}</p>
          <label className="camera-own">
            <Smartphone size={18} aria-hidden />
            {t('openCamera')}
            <input
              type="file"
              accept="image/jpeg,image/png"
              capture="environment"
              onChange={(e) => {
                const file = e.currentTarget.files?.[0]
                if (file) add(file, backOf)
                e.currentTarget.value = ''
              }}
            />
          </label>
        </div>
      ) : (
        <div className={flash ? 'camera-view flash' : 'camera-view'}>
          <video ref={video} autoPlay playsInline muted />
          <div className="camera-frame" aria-hidden />
        </div>
      )}
      <div className="camera-acts">
        <Button
          variant={backOf ? 'filled' : 'default'}
          leftSection={<FlipHorizontal2 size={16} />}
          disabled={shots === 0}
          onClick={() => setBackOf(!backOf)}
        >
          {t('shootBack')}
        </Button>
        {!failed && (
          <Button className="camera-shoot" leftSection={<CameraIcon size={18} />} onClick={() => void shoot()}>
            {t('shoot')}
          </Button>
        )}
        <Button variant={shots ? 'light' : 'default'} onClick={() => onClose(shots)}>
          {t('finish', { n: shots })}
        </Button>
      </div>
    </Modal>
  )
}

/** The picture within the frame and a little around it, as the camera sees it (the view shows it cut to its box). */
async function framed(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height, clientWidth, clientHeight } = video
  if (!width || !height) return null
  const scale = Math.max(clientWidth / width, clientHeight / height)
  const seen = { width: clientWidth / scale, height: clientHeight / scale }
  const frame = Math.min(seen.width * 0.88, seen.height * 0.72 * RATIO)
  const cut = {
    width: Math.min(width, frame * (1 + 2 * MARGIN)),
    height: Math.min(height, frame / RATIO + frame * 2 * MARGIN),
  }
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(cut.width)
  canvas.height = Math.round(cut.height)
  canvas
    .getContext('2d')
    ?.drawImage(video, (width - cut.width) / 2, (height - cut.height) / 2, cut.width, cut.height, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
}
