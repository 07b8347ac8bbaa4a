/** Build the panel: one file that Home Assistant loads, into the integration's own folder. */

import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../custom_components/voice_retention/frontend",
    emptyOutDir: true,
    // What the frontend of the oldest supported Home Assistant asks of a browser.
    target: ["chrome109", "firefox115", "safari16.4"],
    lib: { entry: "src/main.ts", formats: ["es"], fileName: () => "panel.js" },
    // The builder would else only say how large it is, a little differently each time.
    reportCompressedSize: false,
  },
});
