import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { errorOf } from "../../api/error";
import { useTenant } from "../../app/tenant";
import { faultOf, maxName, suggestName } from "./names";
import type { Provider } from "./providers";

/** useNameForm is the first step's form. A name that nobody has typed follows the provider. */
export function useNameForm(own: { id: string; provider: Provider; name: string } | null) {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const tenant = useTenant();
  const others = api.useQuery("get", "/api/v1/tenants/{tenant}/connections", { params: { path: { tenant: tenant.id }, query: { limit: 100 } } });
  const taken = (others.data?.items ?? []).filter(({ id }) => id !== own?.id).map(({ name }) => name);

  const [provider, setProvider] = useState<Provider | null>(own?.provider ?? null);
  const [typed, setTyped] = useState<string | null>(own?.name ?? null);
  const [tried, setTried] = useState(false);
  const name = typed ?? (provider ? suggestName(tenant.name, common(`provider.${provider}`), taken) : "");

  const fault = faultOf(name, taken);
  const shown = fault && (tried || fault !== "missing") ? t(`name.fault.${fault}`, { max: maxName }) : undefined;
  return {
    provider,
    name,
    setProvider,
    setName: setTyped,
    /** valid tells whether to send it, and from then on shows what is missing. */
    valid: () => {
      setTried(true);
      return provider !== null && fault === null ? { provider, name: name.trim() } : null;
    },
    /** errors are what to show at the fields; refused is what the server said. */
    errors: (refused: unknown) => ({
      provider: tried && !provider ? t("name.fault.provider") : undefined,
      name: shown ?? (isTaken(refused) ? errorOf(refused).detail : undefined),
    }),
  };
}

/** isTaken tells whether it was the name that the server refused. */
export function isTaken(error: unknown): boolean {
  return Boolean(error) && errorOf(error).code === "taken";
}

/** focusFault leads to the first field that is wrong, once it is marked. */
export function focusFault(form: HTMLFormElement) {
  requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}
