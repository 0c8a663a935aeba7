import type { Schemas } from "../../api/client";

/** What the form of somebody who was registered by hand has. */
export interface Fields {
  userName: string;
  displayName: string;
  givenName: string;
  familyName: string;
  email: string;
  externalId: string;
  active: boolean;
}

export const noFields: Fields = { userName: "", displayName: "", givenName: "", familyName: "", email: "", externalId: "", active: true };

type User = Schemas["User"];

const mainEmail = (user: User) => user.emails.find((e) => e.primary) ?? user.emails[0];

/** fieldsOf fills the form. */
export function fieldsOf(user: User): Fields {
  return {
    userName: user.user_name,
    displayName: user.display_name ?? "",
    givenName: user.given_name ?? "",
    familyName: user.family_name ?? "",
    email: mainEmail(user)?.value ?? "",
    externalId: user.external_id ?? "",
    active: user.active,
  };
}

const trimmed = (f: Fields): Fields => ({
  ...f,
  userName: f.userName.trim(),
  displayName: f.displayName.trim(),
  givenName: f.givenName.trim(),
  familyName: f.familyName.trim(),
  email: f.email.trim(),
  externalId: f.externalId.trim(),
});

/** newUserOf is what registers somebody: what was left empty is not told. */
export function newUserOf(fields: Fields): Schemas["NewUser"] {
  const f = trimmed(fields);
  return {
    user_name: f.userName,
    active: f.active,
    ...(f.displayName ? { display_name: f.displayName } : {}),
    ...(f.givenName ? { given_name: f.givenName } : {}),
    ...(f.familyName ? { family_name: f.familyName } : {}),
    ...(f.email ? { emails: [{ value: f.email, type: "work", primary: true }] } : {}),
    ...(f.externalId ? { external_id: f.externalId } : {}),
  };
}

/** changeOf is what is different; null if nothing is. Other addresses than the main one stay. */
export function changeOf(user: User, fields: Fields): Schemas["UserChange"] | null {
  const [before, f] = [fieldsOf(user), trimmed(fields)];
  const change: Schemas["UserChange"] = {};
  if (f.userName !== before.userName) change.user_name = f.userName;
  if (f.displayName !== before.displayName) change.display_name = f.displayName;
  if (f.givenName !== before.givenName) change.given_name = f.givenName;
  if (f.familyName !== before.familyName) change.family_name = f.familyName;
  if (f.externalId !== before.externalId) change.external_id = f.externalId;
  if (f.active !== before.active) change.active = f.active;
  if (f.email !== before.email) change.emails = emailsWith(user, f.email);
  return Object.keys(change).length > 0 ? change : null;
}

function emailsWith(user: User, value: string): Schemas["Email"][] {
  const main = mainEmail(user);
  const others = user.emails.filter((e) => e !== main).map(emailOf);
  if (!value) return others;
  return [{ ...(main ? emailOf(main) : { type: "work", primary: true }), value }, ...others];
}

const emailOf = (e: Schemas["UserEmail"]): Schemas["Email"] => ({ value: e.value, primary: e.primary, ...(e.type ? { type: e.type } : {}) });

/** wrongOf is which field cannot be right, so that nobody has to ask the server. */
export function wrongOf(fields: Fields): "userName" | "email" | null {
  const f = trimmed(fields);
  if (!f.userName) return "userName";
  if (f.email && !/^[^@\s]+@[^@\s]+$/.test(f.email)) return "email";
  return null;
}
