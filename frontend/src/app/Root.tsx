import { Button, Center, MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { IconLogin2 } from "@tabler/icons-react";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { errorOf } from "../api/error";
import { PageSkeleton } from "../ui/Page";
import { Empty, Failed } from "../ui/State";
import { type Brand, BrandProvider, ownBrand } from "./brand";
import { nonce } from "./nonce";
import { SessionProvider, useSessionQuery } from "./session";
import { themeOf, variables } from "./theme";

/** Everything around the pages: theme, brand, session, messages. */
export function Root() {
  const query = useSessionQuery();
  const { branding } = query.data ?? {};
  const brand = useMemo<Brand>(
    () => (branding ? { productName: branding.product_name, logo: branding.logo ?? null, accent: branding.accent ?? null } : ownBrand),
    [branding],
  );
  const { t } = useTranslation();
  const close = t("actions.close");
  const theme = useMemo(() => themeOf(brand.accent, { close }), [brand.accent, close]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <BrandProvider value={brand}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          {query.data ? (
            <SessionProvider session={query.data}>
              <Suspense fallback={<PageSkeleton />}>
                <Outlet />
              </Suspense>
            </SessionProvider>
          ) : (
            <Entrance error={query.error} retry={() => void query.refetch()} />
          )}
        </ModalsProvider>
      </BrandProvider>
    </MantineProvider>
  );
}

/** What is there before somebody is known. */
function Entrance({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const inConsole = useRouterState({ select: (s) => s.location.pathname.startsWith("/console") });
  if (!error) return <main aria-busy="true" />;
  const e = errorOf(error);
  return (
    <Center component="main" mih="100dvh" p="md">
      {e.status === 401 ? (
        <Empty
          order={1}
          title={t("session.ended")}
          text={inConsole ? t("session.ended_console") : t("session.ended_portal")}
          icon={<IconLogin2 size={26} stroke={1.6} />}
          action={
            inConsole && (
              <Button component="a" href="/console/sign-in">
                {t("session.sign_in")}
              </Button>
            )
          }
        />
      ) : (
        <Failed error={e} retry={retry} order={1} />
      )}
    </Center>
  );
}
