import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The server that `npm run dev` hands requests of the API on to. */
const backend = process.env.ROSTER_DEV_BACKEND ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Large files only if something belongs together: routes are split by lazy imports.
    chunkSizeWarningLimit: 700,
    // A data: address would need a wider Content-Security-Policy for fonts and scripts.
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      "/api": backend,
      "/scim": backend,
      "^/portal/(link/|sign-out|signed-out).*": backend,
      "^/console/(sign-in|callback).*": backend,
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
