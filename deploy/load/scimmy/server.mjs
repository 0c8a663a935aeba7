// scimmy-routers as its documentation sets it up, with users in a Map: nothing is
// kept when it ends. Says where it listens in one line of JSON.
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const users = new Map();
const names = new Map(); // id by user name: a name is unique

function store(resource, data) {
  const known = users.get(resource.id);
  if (resource.id && !known) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
  const id = resource.id ?? randomUUID();
  const name = data.userName.toLowerCase();
  if ((names.get(name) ?? id) !== id) throw new SCIMMY.Types.Error(409, "uniqueness", "userName is taken");
  const now = new Date().toISOString();
  if (known) names.delete(known.userName.toLowerCase());
  const user = { ...data, id, meta: { created: known?.meta.created ?? now, lastModified: now } };
  users.set(id, user);
  names.set(name, id);
  return user;
}

function find(resource) {
  if (resource.id) {
    const user = users.get(resource.id);
    if (!user) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
    return user;
  }
  const all = [...users.values()];
  return resource.filter ? resource.filter.match(all) : all;
}

function remove(resource) {
  const user = users.get(resource.id);
  if (!user) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
  names.delete(user.userName.toLowerCase());
  users.delete(resource.id);
}

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .extend(SCIMMY.Schemas.EnterpriseUser)
  .ingress(store)
  .egress(find)
  .degress(remove);

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  handler: (request) => {
    if (request.header("Authorization") !== "Bearer load") throw new Error("Authorization not detected!");
    return "load";
  },
}));

const server = app.listen(0, "127.0.0.1", () => {
  process.stdout.write(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/scim/v2` }) + "\n");
});
process.stdin.on("end", () => process.exit(0)).resume(); // with whoever started it
