import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/global.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { errorOf } from "./api/error";
import { routerOf } from "./app/router";
import { startTexts } from "./i18n";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => errorOf(error).passing && count < 2,
      throwOnError: false,
    },
  },
});

async function start() {
  await startTexts();
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no root");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={routerOf()} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
