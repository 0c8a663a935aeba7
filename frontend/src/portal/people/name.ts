import type { Schemas } from "../../api/client";

/** nameOf is what people call somebody. */
export function nameOf(user: Pick<Schemas["User"], "display_name" | "given_name" | "family_name" | "user_name">): string {
  const parts = [user.given_name, user.family_name].filter(Boolean).join(" ");
  return user.display_name || parts || user.user_name;
}
