/** The languages that the interface is complete in. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const key = "roster-language";

function isLanguage(text: string | null | undefined): text is Language {
  return text != null && text in languages;
}

/** chosenLanguage is what the person chose, or else what the browser asks for. */
export function chosenLanguage(): Language {
  try {
    const stored = localStorage.getItem(key);
    if (isLanguage(stored)) return stored;
  } catch {
    // a frame without storage
  }
  for (const tag of navigator.languages) {
    const language = tag.split("-")[0];
    if (isLanguage(language)) return language;
  }
  return "en";
}

let current: Language = "en";

/** currentLanguage is what the interface speaks now. */
export const currentLanguage = (): Language => current;

/** setCurrentLanguage remembers a language, if the browser lets us. */
export function setCurrentLanguage(language: Language, remember: boolean) {
  current = language;
  document.documentElement.lang = language;
  if (!remember) return;
  try {
    localStorage.setItem(key, language);
  } catch {
    // a frame without storage: until the page is left
  }
}
