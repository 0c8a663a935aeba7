import "i18next";

import type access from "./en/access.json";
import type activity from "./en/activity.json";
import type common from "./en/common.json";
import type connections from "./en/connections.json";
import type console from "./en/console.json";
import type delivery from "./en/delivery.json";
import type groups from "./en/groups.json";
import type guides from "./en/guides.json";
import type people from "./en/people.json";
import type roles from "./en/roles.json";
import type settings from "./en/settings.json";
import type setup from "./en/setup.json";

// Keys of texts are types: a key that does not exist does not compile.
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      access: typeof access;
      activity: typeof activity;
      common: typeof common;
      connections: typeof connections;
      console: typeof console;
      delivery: typeof delivery;
      groups: typeof groups;
      guides: typeof guides;
      people: typeof people;
      roles: typeof roles;
      settings: typeof settings;
      setup: typeof setup;
    };
  }
}
