import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

import type { Schemas } from "../../api/client";
import type { MadeToken } from "./steps";

interface Setup {
  connection: Schemas["Connection"];
  health: Schemas["ConnectionHealth"];
  /**
   * The token that was made in the third step. It is here alone: no cache, no
   * storage and no address has it, and it is gone when the wizard is left.
   */
  made: MadeToken | null;
  setMade: (token: MadeToken) => void;
  /** It was copied or downloaded. */
  saved: boolean;
  save: () => void;
}

const Current = createContext<Setup | null>(null);

/** What the steps of one connection's wizard share. */
export function SetupProvider({ connection, health, children }: Pick<Setup, "connection" | "health"> & { children: ReactNode }) {
  const [made, setToken] = useState<MadeToken | null>(null);
  const [saved, setSaved] = useState(false);
  const value = useMemo(() => {
    const setMade = (token: MadeToken) => {
      setToken(token);
      setSaved(false);
    };
    return { connection, health, made, setMade, saved, save: () => setSaved(true) };
  }, [connection, health, made, saved]);
  return <Current.Provider value={value}>{children}</Current.Provider>;
}

/** useWizard is the connection that the wizard is about. */
export function useWizard(): Setup {
  const setup = useContext(Current);
  if (!setup) throw new Error("useWizard: outside of the wizard");
  return setup;
}
