import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Section } from "../../ui/Page";
import page from "../../ui/page.module.css";
import { Tag } from "../../ui/Status";
import { Subject } from "./RequestList";

type Request = Schemas["LoggedRequest"];
type Effect = Request["effects"][number];

const colors: Record<Effect["action"], string> = {
  created: "teal",
  adopted: "teal",
  reactivated: "teal",
  updated: "blue",
  deactivated: "gray",
  deleted: "red",
};

/** What a request changed, with the way to each. */
export function Effects({ request }: { request: Request }) {
  const { t } = useTranslation("activity");
  const reads = request.method === "GET" || /\.(lookup|read|list)$|^(discovery|search|credentials\.check)$/.test(request.kind);
  return (
    <Section title={t("request.did")}>
      {request.effects.length === 0 ? (
        <Text c="dimmed">{request.outcome === "done" && reads ? t("request.did_read") : t("request.did_nothing")}</Text>
      ) : (
        <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: "none" }}>
          {request.effects.map((effect, i) => (
            <EffectItem key={`${effect.id} ${i}`} effect={effect} />
          ))}
        </Stack>
      )}
    </Section>
  );
}

function EffectItem({ effect }: { effect: Effect }) {
  const { t } = useTranslation("activity");
  const members = (["added", "removed", "pending"] as const).filter((what) => effect[what] > 0).map((what) => t(`request.${what}`, { count: effect[what] }));
  return (
    <li>
      <Stack gap={4}>
        <span>
          <Tag color={colors[effect.action]} text={t(`effect.${effect.action}`)} /> <Subject subject={{ type: effect.type, id: effect.id, name: effect.name || null }} />
        </span>
        {members.length > 0 && <Text size="sm">{members.join(", ")}</Text>}
        {effect.attributes.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("request.attributes")}: <span className={page.mono}>{effect.attributes.join(", ")}</span>
          </Text>
        )}
      </Stack>
    </li>
  );
}
