import { IconCircleCheckFilled } from "@tabler/icons-react";
import { Input } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { ProviderMark } from "../../ui/ProviderMark";
import { type Provider, providers } from "./providers";
import css from "./setup.module.css";

interface Props {
  value: Provider | null;
  onChange: (provider: Provider) => void;
  disabled?: boolean;
  error?: string;
}

/** The identity providers to choose one of. */
export function ProviderTiles({ value, onChange, disabled = false, error }: Props) {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const id = useId();
  return (
    <fieldset className={css.tiles} disabled={disabled} aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{t("name.provider")}</legend>
      <div className={css.grid}>
        {providers.map((provider) => (
          <label key={provider} className={css.tile}>
            <input
              type="radio"
              name={id}
              value={provider}
              checked={value === provider}
              onChange={() => onChange(provider)}
              required
              aria-invalid={error ? true : undefined}
            />
            <ProviderMark provider={provider} />
            <span>{common(`provider.${provider}`)}</span>
            <IconCircleCheckFilled size={20} className={css.chosen} aria-hidden />
          </label>
        ))}
      </div>
      {error && (
        <Input.Error id={`${id}-error`} mt="xs">
          {error}
        </Input.Error>
      )}
    </fieldset>
  );
}
