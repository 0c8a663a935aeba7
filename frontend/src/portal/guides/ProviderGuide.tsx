import { Alert, Stack, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { Trans, useTranslation } from "react-i18next";

import { CopyField } from "../../ui/Copy";
import { Drawing } from "./Drawing";
import css from "./guides.module.css";
import type { GuideValues, Provider } from "./roads";
import { guideOf, guides, type Step, valueOf } from "./steps";
import { useGuideText } from "./text";

interface Props {
  provider: Provider;
  road: string;
  values: GuideValues;
  /** Told when the token was copied from the guide. */
  onTokenCopied?: () => void;
}

/** What to do at the identity provider, step by step, with this connection's values. */
export function ProviderGuide({ provider, road, values, onTokenCopied }: Props) {
  const name = guideOf(provider, road);
  const text = useGuideText(name);
  const about = text("about");
  const steps: Step[] = guides[name];
  return (
    <Stack gap="lg">
      {about && (
        <Alert variant="light" color="accent" icon={<IconInfoCircle size={18} />} classNames={{ message: css.words }}>
          <Words text={about} />
        </Alert>
      )}
      <ol className={css.steps}>
        {steps.map((step, i) => (
          <li key={step.id} className={css.step}>
            <span className={css.number} aria-hidden>
              {i + 1}
            </span>
            <Stack gap="sm" miw={0}>
              <Title order={3} fz="md" mt={4}>
                {text(`${step.id}.title`)}
              </Title>
              <Text component="div" className={css.words}>
                <Words text={text(`${step.id}.text`) ?? ""} />
              </Text>
              <Fields step={step} values={values} onTokenCopied={onTokenCopied} />
              {step.sketch && <Drawing sketch={step.sketch} values={values} />}
            </Stack>
          </li>
        ))}
      </ol>
    </Stack>
  );
}

/** Labels of the provider's own pages are in italics, what is typed is code. */
function Words({ text }: { text: string }) {
  return <Trans defaults={text} components={{ em: <em />, code: <code /> }} />;
}

function Fields({ step, values, onTokenCopied }: { step: Step; values: GuideValues; onTokenCopied?: () => void }) {
  const { t } = useTranslation("guides");
  return step.fields?.map(({ label, value }) => {
    const text = valueOf(value, values);
    const secret = value === "token" || value === "header";
    if (text === null) {
      return (
        <div key={label}>
          <Text size="sm" fw={600}>
            {label}
          </Text>
          <Text size="sm" c="dimmed">
            {t("field.token_gone")}
          </Text>
        </div>
      );
    }
    return <CopyField key={label} label={label} value={text} onCopied={secret ? onTokenCopied : undefined} />;
  });
}
