import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { useNames } from "../groups/catalogue";
import { AccessChain } from "./AccessChain";
import { Assignments } from "./Assignments";
import { PartSkeleton } from "./parts";
import { type Place, placesOf, type Said, sayWhy } from "./why";
import css from "./why.module.css";
import { WhyNone } from "./WhyNone";

/** Why somebody holds what they hold, or why nothing. */
export function WhyTab({ user }: { user: Schemas["User"] }) {
  const { id: tenant } = useTenant();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/users/{user}/access", { params: { path: { tenant, user: user.id } } });
  return (
    <Stack gap="md">
      <Loaded
        query={query}
        skeleton={
          <Section>
            <PartSkeleton rows={6} />
          </Section>
        }
      >
        {({ access, why_none: none }) => (access.length > 0 ? placesOf(access).map((p) => <OnePlace key={p.entryPoint} place={p} user={user} />) : <WhyNone user={user} reasons={none} />)}
      </Loaded>
      <Assignments user={user} />
    </Stack>
  );
}

function OnePlace({ place, user }: { place: Place; user: Schemas["User"] }) {
  const { t } = useTranslation("people");
  const names = useNames();
  const held = place.held.map((l) => l.role.name).join(", ");
  return (
    <Section title={t("why.holds", { role: held, place: names.place(place.entryPoint) })}>
      <div className={css.sentences}>
        {sayWhy(place).map((said, i) => (
          <p key={i} data-hidden={said.key.startsWith("also") || undefined}>
            <OneSentence said={said} over={place.held[0]?.role.name ?? ""} />
          </p>
        ))}
      </div>
      <Stack gap="lg" mt="lg">
        {[...place.held, ...place.hidden].flatMap((line) =>
          line.reasons.map((reason) => <AccessChain key={`${line.role.key} ${reason.kind} ${reason.via}`} user={user} line={line} reason={reason} over={place.held[0]?.role.name ?? ""} />),
        )}
      </Stack>
    </Section>
  );
}

/** One sentence of why. The role that counts is named where another one is hidden by it. */
function OneSentence({ said, over }: { said: Said; over: string }) {
  const { t } = useTranslation("people");
  switch (said.key) {
    case "mapping":
      return t("why.mapping", said);
    case "nested":
      return t("why.nested", said);
    case "assignment":
      return t("why.assignment", said);
    case "assignment_unknown":
      return t("why.assignment_unknown", said);
    case "also":
      return t("why.also", { ...said, over });
    case "also_assignment":
      return t("why.also_assignment", { ...said, over });
  }
}
