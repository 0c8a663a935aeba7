import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useCan } from "../../app/session";
import { useTenant } from "../../app/tenant";

/** For how long requests are kept, for whoever may know. */
export function Retention() {
  const { t } = useTranslation("activity");
  const { id: tenant } = useTenant();
  const can = useCan()("tenants:read");
  const { data } = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant } } }, { enabled: can });
  return data ? <>{t("requests.kept", { count: data.request_log.retention_days })}</> : null;
}
