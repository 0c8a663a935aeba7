import type { Schemas } from "../api/client";
import css from "./providermark.module.css";

type Provider = Schemas["Connection"]["provider"];

/** Letters and a hue of our own; the marks that belong to the providers are not ours to use. */
const marks: Record<Provider, [letters: string, hue: number]> = {
  okta: ["Ok", 222],
  entra: ["En", 200],
  google: ["Go", 142],
  onelogin: ["1L", 262],
  jumpcloud: ["Jc", 172],
  pingone: ["P1", 350],
  pingfederate: ["Pf", 12],
  rippling: ["Ri", 40],
  cyberark: ["Ca", 238],
  salesforce: ["Sf", 190],
  aws: ["Aw", 28],
  authentik: ["Au", 18],
  generic: ["··", 220],
};

/** A neutral mark of an identity provider; its name stands beside it. */
export function ProviderMark({ provider, size = 36 }: { provider: Provider; size?: number }) {
  const [letters, hue] = marks[provider];
  return (
    <svg className={css.mark} width={size} height={size} viewBox="0 0 36 36" aria-hidden style={{ "--hue": hue } as React.CSSProperties}>
      <rect width="36" height="36" rx="9" className={css.ground} />
      {provider === "generic" ? (
        <path className={css.line} d="M8 18h7m6 0h7M18 8v7m0 6v7m-3-10a3 3 0 1 0 6 0 3 3 0 1 0-6 0" />
      ) : (
        <text x="18" y="23.5" textAnchor="middle" className={css.letters}>
          {letters}
        </text>
      )}
    </svg>
  );
}
