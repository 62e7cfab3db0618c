'use client'
// One labelled line of text with its help and its own error right below it.
import {
  FieldError,
  Input,
  Label,
  Text,
  TextField as AriaTextField,
  type TextFieldProps as AriaProps,
} from 'react-aria-components'

export const inputClass =
  'h-7 w-full rounded-md border border-edge bg-raised px-2 text-ink placeholder:text-muted data-invalid:border-bad'

export interface TextFieldProps extends AriaProps {
  label: string
  help?: string | undefined
  error?: string | undefined
  placeholder?: string
}

export function TextField({ label, help, error, placeholder, ...props }: TextFieldProps) {
  return (
    <AriaTextField
      {...props}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className="flex flex-col gap-1"
    >
      <Label className="text-sm text-muted">{label}</Label>
      <Input className={inputClass} placeholder={placeholder ?? ''} />
      {help ? (
        <Text slot="description" className="text-sm text-muted">
          {help}
        </Text>
      ) : null}
      <FieldError className="text-sm text-bad">{error}</FieldError>
    </AriaTextField>
  )
}
