import { ActionIcon, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  placeholder?: string;
  value: string;
  /** Called when somebody has stopped typing for a moment. */
  onChange: (value: string) => void;
}

/** What a list is searched for: told on when typing pauses, and cleared with one click. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    // The address has changed: by what was typed here, or by going back.
    setSeen(value);
    if (value !== text.trim()) setText(value);
  }
  const tell = useDebouncedCallback(onChange, 250);
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      onChange={(e) => {
        setText(e.currentTarget.value);
        tell(e.currentTarget.value.trim());
      }}
      rightSection={
        text && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("actions.reset")}
            onClick={() => {
              setText("");
              tell("");
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        )
      }
    />
  );
}
