import { Alert, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconCheck, IconClock, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Go } from "../../app/tenant";
import { Section } from "../../ui/Page";
import page from "../../ui/page.module.css";
import { Time } from "../../ui/Time";
import { useConnection, useConnectionPath, useMayChange } from "../connections/connection";
import { SecretOnce } from "../connections/SecretOnce";
import { useIdp } from "../connections/words";
import { EndRotation } from "./EndRotation";
import type { Rotation, Seen, Token } from "./rotation";
import { LastUse } from "./LastUse";
import css from "./tokens.module.css";

interface Props {
  rotation: Rotation;
  seen: Map<string, Seen>;
  /** Of the new token, as long as it is known. */
  secret: string | null;
  ended: () => void;
}

/** A rotation under way: the new secret, who uses which token, and how it ends. */
export function RotationPanel({ rotation, seen, secret, ended }: Props) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const mayChange = useMayChange();
  const { old, next } = rotation;
  return (
    <Section title={t("rotation.running", { name: old.name })} text={t("rotation.running_text")}>
      <Stack>
        {secret && <SecretOnce secret={secret} token={next.name} connection={connection} label={t("rotation.new_secret")} />}
        {rotation.progress === "waiting" && <Enter lost={!secret} />}
        <ProgressNote rotation={rotation} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Side title={t("rotation.new")} token={next} seen={seen.get(next.id)} />
          <Side title={t("rotation.old")} token={old} seen={seen.get(old.id)} />
        </SimpleGrid>
        {mayChange && (
          <Group>
            <EndRotation rotation={rotation} how="finish" ended={ended} />
            <EndRotation rotation={rotation} how="cancel" ended={ended} />
          </Group>
        )}
      </Stack>
    </Section>
  );
}

/** What to do now, for as long as nothing came with the new token. */
function Enter({ lost }: { lost: boolean }) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const path = useConnectionPath();
  const idp = useIdp()(connection.provider);
  return (
    <Text>
      {t("rotation.enter", { idp })} <Go to={path("setup", "guide")}>{t("rotation.where")}</Go>
      {lost && (
        <Text span c="dimmed">
          {" "}
          {t("rotation.lost")}
        </Text>
      )}
    </Text>
  );
}

const notes = { waiting: ["blue", IconClock], both: ["yellow", IconInfoCircle], over: ["teal", IconCheck] } as const;

/** How far it is, in a sentence that changes by itself. */
function ProgressNote({ rotation: { old, next, progress } }: { rotation: Rotation }) {
  const { t } = useTranslation("connections");
  const [color, Icon] = notes[progress];
  const used = (
    <>
      {t("rotation.new_used")} <Clock at={next.last_used_at} />.{" "}
      {old.last_used_at ? (
        <>
          {t("rotation.old_used")} <Clock at={old.last_used_at} />.
        </>
      ) : (
        t("rotation.old_never")
      )}
    </>
  );
  return (
    <Alert role="status" color={color} variant="light" icon={<Icon size={18} />} title={t(`rotation.${progress}`)} data-progress={progress}>
      {progress !== "waiting" && <Text>{used}</Text>}
      <Text>{t(`rotation.${progress}_text`)}</Text>
    </Alert>
  );
}

/** A time of today as the clock shows it, with the day if it was another. */
function Clock({ at }: { at: string | null }): ReactNode {
  const { i18n } = useTranslation();
  if (!at) return null;
  const time = new Date(at);
  const today = time.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(i18n.language, today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });
  return <time dateTime={at}>{format.format(time)}</time>;
}

function Side({ title, token, seen }: { title: string; token: Token; seen: Seen | undefined }) {
  const { t } = useTranslation("connections");
  return (
    <section className={css.side} aria-label={title}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fw={600}>{token.name}</Text>
      <Text className={page.mono} mb="xs">
        {token.prefix}…{token.last_four}
      </Text>
      <Text component="div" size="sm">
        {t("tokens.last_used")} <LastUse token={token} seen={seen} />
      </Text>
      <Text component="div" size="sm" c="dimmed">
        {token.expires_at ? (
          <>
            {t("token_word.expires")} <Time at={token.expires_at} />
          </>
        ) : (
          t("token_word.never")
        )}
      </Text>
    </section>
  );
}
