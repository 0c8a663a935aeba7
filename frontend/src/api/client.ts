import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";

import { currentLanguage } from "../i18n/language";
import { ApiError, problemOf } from "./error";
import type { components, paths } from "./schema";

/** Schemas of portal/openapi.yaml by name. */
export type Schemas = components["schemas"];

const conventions: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLanguage());
    if (request.method === "POST") {
      // A repeat of the same click, by a retry of the browser, creates nothing twice.
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
    return undefined;
  },
  onError({ error }) {
    return error instanceof ApiError ? error : ApiError.unreachable(error);
  },
};

/** The API, for what is neither a query nor a mutation of a component. */
export const client = createFetchClient<paths>({ baseUrl: window.location.origin });
client.use(conventions);

/** The API as hooks of TanStack Query. Errors are always ApiError. */
export const api = createQueryClient(client);
