'use client'
// A dialog over the page: takes the focus, gives it back, closes on Escape.
import { Dialog, Heading, Modal as AriaModal, ModalOverlay } from 'react-aria-components'
import type { ReactNode } from 'react'

export interface ModalProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  /** For questions that must be answered. */
  role?: 'dialog' | 'alertdialog'
}

export function Modal({ title, isOpen, onClose, children, role = 'dialog' }: ModalProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => (open ? undefined : onClose())}
      isDismissable={role === 'dialog'}
      className="fixed inset-0 z-50 overflow-y-auto bg-black/60 p-4"
    >
      <AriaModal className="mx-auto mt-[8vh] w-full max-w-lg rounded-md border border-edge bg-ground">
        <Dialog role={role} className="p-5 outline-none">
          <Heading slot="title" className="mb-4 text-lg font-semibold">
            {title}
          </Heading>
          {children}
        </Dialog>
      </AriaModal>
    </ModalOverlay>
  )
}
