const browsers: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/Firefox\/|FxiOS/, "Firefox"],
  [/Chrome\/|CriOS/, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
];

/** browserOf reads a browser's User-Agent; null: it is none that we know. */
export function browserOf(userAgent: string): { browser: string; system: string } | null {
  const browser = browsers.find(([p]) => p.test(userAgent))?.[1];
  const system = systems.find(([p]) => p.test(userAgent))?.[1];
  return browser && system ? { browser, system } : null;
}
