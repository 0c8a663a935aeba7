import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useEntryPoints, useNames } from "./catalogue";

interface Props {
  value: string;
  onChange: (key: string) => void;
  disabled?: boolean;
}

/** A place in the vendor's app where a role can be held. */
export function PlaceSelect({ value, onChange, disabled }: Props) {
  const { t } = useTranslation("groups");
  const names = useNames();
  const places = useEntryPoints() ?? [];
  const keys = places.some((p) => p.key === value) || !value ? places.map((p) => p.key) : [value, ...places.map((p) => p.key)];
  return (
    <Select
      label={t("editor.place")}
      value={value}
      onChange={(key) => onChange(key ?? value)}
      allowDeselect={false}
      disabled={disabled}
      searchable={keys.length > 8}
      nothingFoundMessage={t("editor.no_place")}
      data={keys.map((key) => ({ value: key, label: names.place(key) }))}
    />
  );
}
