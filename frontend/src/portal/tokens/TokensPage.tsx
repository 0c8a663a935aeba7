import { Button, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { DataList } from "../../ui/DataList";
import { Section } from "../../ui/Page";
import { Empty } from "../../ui/State";
import { useConnection, useConnectionParams, useMayChange } from "../connections/connection";
import { SecretOnce } from "../connections/SecretOnce";
import { useColumns } from "./columns";
import { NewTokenDialog } from "./NewTokenDialog";
import { hasRoom, isLive, newestFirst, rotationOf, type Seen, seenOf, type Token, toRotate } from "./rotation";
import { RotationPanel } from "./RotationPanel";

/** A token that was just made, with its secret: here and nowhere else. */
export interface Issued {
  token: Token;
  secret: string;
}

const tokensPath = "/api/v1/tenants/{tenant}/connections/{connection}/tokens" as const;

/** The tokens of a connection, and how one takes another's place. */
export function TokensPage() {
  const { t } = useTranslation("connections");
  const path = useConnectionParams();
  const list = useList(tokensPath, { params: { path, query: { limit: 200 } } }, { refetchInterval: 3_000 });
  useAllPages(list);
  const tokens = list.items;
  const rotation = rotationOf(tokens);
  const seen = useSeen(rotation ? 3_000 : 15_000);
  const [issued, setIssued] = useState<Issued | null>(null);
  const [filters, set] = useFilters({ new: "" });
  const mayChange = useMayChange();
  const columns = useColumns(tokens, seen, (token) => set({ new: token.id }));
  const asked = mayChange && !list.isPending ? filters.new : "";
  return (
    <Stack gap="lg">
      {rotation && <RotationPanel rotation={rotation} seen={seen} secret={issued?.token.id === rotation.next.id ? issued.secret : null} ended={() => setIssued(null)} />}
      {!rotation && issued && tokens.some((token) => token.id === issued.token.id) && <NewSecret issued={issued} done={() => setIssued(null)} />}
      <Section title={t("tokens.title")} text={t("tokens.text")} actions={mayChange && <Create tokens={tokens} open={() => set({ new: "token" })} />}>
        <DataList label={t("tokens.title")} columns={columns} list={{ ...list, items: newestFirst(tokens) }} rowKey={(token) => token.id} empty={<Empty title={t("tokens.empty")} text={t("tokens.empty_text")} />} />
      </Section>
      <NewTokenDialog
        opened={asked === "token" || (asked !== "" && toRotate(tokens, asked) !== null)}
        old={toRotate(tokens, asked)}
        close={() => set({ new: "" })}
        issued={(made) => {
          setIssued(made);
          set({ new: "" });
        }}
      />
    </Stack>
  );
}

/** useAllPages reads on to the end: the tokens that work are the last ones. */
function useAllPages({ hasMore, isLoadingMore, error, more }: Pick<ReturnType<typeof useList>, "hasMore" | "isLoadingMore" | "error" | "more">) {
  useEffect(() => {
    if (hasMore && !isLoadingMore && !error) more();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- more is new each time
  }, [hasMore, isLoadingMore, error]);
}

/** useSeen tells from where tokens came last, as far as that is among the latest requests. */
function useSeen(refetchInterval: number): Map<string, Seen> {
  const path = useConnectionParams();
  const query = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/connections/{connection}/requests",
    { params: { path, query: { limit: 100 } } },
    { refetchInterval },
  );
  return seenOf(query.data?.items ?? []);
}

function Create({ tokens, open }: { tokens: Token[]; open: () => void }) {
  const { t } = useTranslation("connections");
  const room = hasRoom(tokens);
  return (
    <Stack gap={4} align="flex-end">
      <Button variant={tokens.some(isLive) ? "default" : "filled"} leftSection={<IconPlus size={16} />} disabled={!room} onClick={open}>
        {t("tokens.create")}
      </Button>
      {!room && (
        <Text size="xs" c="dimmed">
          {t("tokens.full")}
        </Text>
      )}
    </Stack>
  );
}

function NewSecret({ issued, done }: { issued: Issued; done: () => void }) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  return (
    <Section title={t("tokens.made", { name: issued.token.name })} text={t("tokens.made_text")}>
      <SecretOnce secret={issued.secret} token={issued.token.name} connection={connection}>
        <Button mt="md" onClick={done}>
          {t("tokens.done")}
        </Button>
      </SecretOnce>
    </Section>
  );
}
