// How the UI is built, served while developing, and tested.
// Not in it: lint rules (biome.json at the top) and the scripts that call this (package.json).
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [solid()],
  clearScreen: false,
  // The port is written in tauri.conf.json too, so a busy port must fail and not move.
  server: { host: "127.0.0.1", port: 5183, strictPort: true },
  build: {
    target: "safari18", // WebKitGTK 2.46; `light-dark()` stays as it is written
    modulePreload: { polyfill: false }, // the polyfill would use fetch, which the CSP forbids
    assetsInlineLimit: 0, // a font as a data: URI is blocked by the CSP
    reportCompressedSize: false,
  },
  test: {
    restoreMocks: true,
    maxWorkers: "100%", // of the processors; Vitest leaves one alone otherwise, which of two is half
    projects: [
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          include: ["tests/**/*.test.{ts,tsx}", "src/**/*.test.tsx"],
          setupFiles: ["tests/setup.ts"],
        },
      },
      // What needs no page gets none: making one takes longer than these tests do.
      { extends: true, test: { name: "plain", environment: "node", include: ["src/**/*.test.ts"] } },
    ],
  },
});
