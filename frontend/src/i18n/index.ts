import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";

import common from "./en/common.json";
import { chosenLanguage, type Language, setCurrentLanguage } from "./language";

/** One file per area and language, loaded with the first page that needs it. */
const files = import.meta.glob<{ default: Record<string, unknown> }>(["./*/*.json", "!./en/common.json"]);

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: async (language: string, namespace: string) => {
    const load = files[`./${language}/${namespace}.json`];
    if (!load) throw new Error(`there are no texts ${language}/${namespace}`);
    return (await load()).default;
  },
};

/** startTexts loads what every page needs. */
export async function startTexts() {
  const language = chosenLanguage();
  setCurrentLanguage(language, false);
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: "en",
      ns: ["common"],
      defaultNS: "common",
      partialBundledLanguages: true,
      resources: { en: { common } },
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

/** speak changes the language of the whole interface. */
export async function speak(language: Language) {
  setCurrentLanguage(language, true);
  await i18next.changeLanguage(language);
}
