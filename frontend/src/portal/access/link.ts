import type { Schemas } from "../../api/client";

/** What is asked for when an invitation is made. */
export interface LinkForm {
  email: string;
  /** A connection's id, or "all". */
  connection: string;
  roles: string[];
  expires: string;
  inviter: string;
  note: string;
}

/** linkOf is an invitation as the API wants it: what was left empty is left out. */
export function linkOf(form: LinkForm): Schemas["NewPortalLink"] {
  const [email, inviter, note] = [form.email.trim(), form.inviter.trim(), form.note.trim()];
  return {
    roles: form.roles,
    expires_in: form.expires,
    ...(form.connection === "all" ? {} : { connection: form.connection }),
    ...(email && { email }),
    ...(inviter && { inviter }),
    ...(note && { note }),
  };
}
