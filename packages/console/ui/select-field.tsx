'use client'
// One choice of a few, labelled, with its help: the browser's own list, which every keyboard and screen reader knows.
import { useId } from 'react'
import { inputClass } from './text-field.tsx'

export interface SelectFieldProps<Value extends string> {
  name: string
  label: string
  help: string
  value: Value
  choices: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
}

export function SelectField<Value extends string>({
  name,
  label,
  help,
  value,
  choices,
  onChange,
}: SelectFieldProps<Value>) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm text-muted">
        {label}
      </label>
      <select
        id={id}
        name={name}
        value={value}
        aria-describedby={`${id}-help`}
        onChange={({ target }) => {
          const chosen = choices.find((choice) => choice.value === target.value)
          if (chosen) onChange(chosen.value)
        }}
        className={inputClass}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <span id={`${id}-help`} className="text-sm text-muted">
        {help}
      </span>
    </div>
  )
}
