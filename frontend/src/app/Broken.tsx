import { useTranslation } from "react-i18next";

/** What is left when the frame of all pages itself fails: without the theme, which may be what failed. */
export function Broken() {
  const { t } = useTranslation();
  return (
    <main role="alert">
      <h1>{t("error.title")}</h1>
      <button type="button" onClick={() => window.location.reload()}>
        {t("actions.retry")}
      </button>
    </main>
  );
}
