import { useTranslation } from "react-i18next";

import type { GuideName } from "./steps";

/** useGuideText reads the texts of a guide: text("app.title"); undefined if there is none. */
export function useGuideText(guide: GuideName): (key: string) => string | undefined {
  const { i18n } = useTranslation("guides");
  const provider = guide.split("_")[0];
  return (key) => {
    // What the roads of a provider have in common is said once, under the provider.
    const path = [`steps.${guide}.${key}`, `steps.${provider}.${key}`].find((p) => i18n.exists(p, { ns: "guides" }));
    return path && (i18n.t as (key: string, options: object) => string)(path, { ns: "guides" });
  };
}
