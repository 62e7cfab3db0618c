'use client'
// The one button, in three weights; 28 px high, 24 px at the least so that it can be hit.
import { Button as AriaButton, type ButtonProps } from 'react-aria-components'
import { buttonClass, type ButtonLook } from './button-class.ts'
import { join } from './class-names.ts'

export function Button({ look = 'plain', className, ...props }: ButtonProps & { look?: ButtonLook }) {
  return (
    <AriaButton
      {...props}
      className={join(buttonClass(look), typeof className === 'string' ? className : '')}
    />
  )
}
