import { Button, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { client, type Schemas } from "../../api/client";
import { ApiError } from "../../api/error";
import { refresh } from "../../api/list";
import { useTenant, useTenantPath } from "../../app/tenant";
import { useNames } from "./catalogue";
import { type Holding, same, sorted } from "./mapping";
import { PreviewNumbers } from "./PreviewNumbers";

const path = "/api/v1/tenants/{tenant}/groups/{group}/role-mappings";
const tenantPath = "/api/v1/tenants/{tenant}";
/** For how long the message with the numbers and the way back stays. */
const toastFor = 15_000;

/**
 * useSaveMapping replaces a group's mappings, unless somebody else has changed
 * them since they were looked at. The message repeats the numbers and offers the
 * way back.
 */
export function useSaveMapping(group: string, name: string, now: Holding[], saved: (job: string | null) => void) {
  const { t } = useTranslation("groups");
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const tell = useTold(group, name);
  const params = { path: { tenant, group } };
  const again = () => refresh(queries, `${tenantPath}/groups`, `${tenantPath}/role-mappings`, `${tenantPath}/users`, `${tenantPath}/jobs`);
  const put = useMutation({
    mutationFn: async (targets: Holding[]) => {
      const current = (await client.GET(path, { params })).data?.mappings ?? [];
      if (!same(current, now)) {
        void again();
        throw new ApiError(409, "changed_meanwhile", t("review.meanwhile"), "");
      }
      return (await client.PUT(path, { params, body: { mappings: sorted(targets) } })).data as Schemas["RoleMappingResult"];
    },
    onSuccess: async (result) => {
      const history = await client.GET(`${path}/history`, { params }).catch(() => null);
      tell(result, history?.data?.items[0]?.id);
      saved(result.job_id);
      await again();
    },
  });
  return { save: put.mutate, busy: put.isPending, error: put.error };
}

function useTold(group: string, name: string) {
  const { t } = useTranslation("groups");
  const { t: c } = useTranslation();
  const names = useNames();
  const address = useTenantPath();
  const navigate = useNavigate();
  return ({ summary }: Schemas["RoleMappingResult"], change?: string) => {
    const id = notifications.show({
      color: "teal",
      title: t("review.saved", { group: name }),
      autoClose: toastFor,
      closeButtonProps: { "aria-label": c("actions.close") },
      message: (
        <Stack gap="xs" align="flex-start">
          <PreviewNumbers preview={summary} names={names} />
          {change && (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                notifications.hide(id);
                void navigate({ to: address("groups", group), search: { undo: change } as never });
              }}
            >
              {c("actions.undo")}
            </Button>
          )}
        </Stack>
      ),
    });
  };
}
